"""Writing service hours: create, publish a version, choose the default, ship defaults."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import require
from leitstelle.calendars import events
from leitstelle.calendars.errors import CalendarInUse, CalendarRetired, KeyTaken, NeverOpen, ValidInThePast
from leitstelle.calendars.events import (
    CalendarCreated,
    CalendarMadeDefault,
    CalendarRenamed,
    CalendarVersionPublished,
)
from leitstelle.calendars.models import CalendarDay, CalendarVersion, ServiceCalendar
from leitstelle.calendars.policies import can_create_calendar, can_edit_calendar
from leitstelle.calendars.queries import newest_number, users_of
from leitstelle.calendars.rules import Calendar, parse_week
from leitstelle.calendars.rules.form import frames_to, week_to
from leitstelle.calendars.rules.holidays import HolidaySet
from leitstelle.kernel.errors import Conflict
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""From when the first version of a calendar holds, so that tickets entered later with an earlier date have hours."""

BUSINESS_HOURS, ALWAYS = "business-hours", "always"
# Names are data of the installation, German first, and can be seen in lists only.
BUSINESS_HOURS_NAME, ALWAYS_NAME = "Montag bis Freitag 8–17 Uhr", "Rund um die Uhr"


@dataclass(frozen=True)
class NewCalendar:
    """Service hours to create; organisation None belongs to the house."""

    key: str
    name: str
    hours: Calendar
    organisation: Organisation | None = None


def create_calendar(new: NewCalendar, *, by: Viewer, now: datetime) -> ServiceCalendar:
    """Create service hours with their first version, in force since ever.

    Administrators only. Records `CalendarCreated` and `CalendarVersionPublished`. Raises `NotAllowed`, `KeyTaken`,
    `NeverOpen`.
    """
    require(can_create_calendar(by))
    _check_opens(new.hours)
    with unit():
        if ServiceCalendar.objects.filter(organisation=new.organisation, key=new.key).exists():
            raise KeyTaken(key=new.key)
        calendar = ServiceCalendar.objects.create(
            organisation=new.organisation, key=new.key, name=new.name, created_at=now
        )
        created = CalendarCreated(key=new.key, organisation_id=calendar.organisation_id)
        record(created, subject=_subject(calendar), actor=by.actor, at=now)
        _write_version(calendar, new.hours, valid_from=BEGINNING, by=by, now=now)
    return calendar


def publish_version(
    calendar: ServiceCalendar,
    hours: Calendar,
    *,
    valid_from: datetime,
    seen: int | None = None,
    by: Viewer,
    now: datetime,
) -> CalendarVersion:
    """Let other service hours hold from `valid_from` (not before `now`) on.

    A planned version with the same `valid_from` is replaced by the newer one. `seen` is the number of the newest
    version that the author knew. Administrators only. Records `CalendarVersionPublished`. Raises `NotAllowed`,
    `ValidInThePast`, `NeverOpen`, and `Conflict` where somebody published another version meanwhile.
    """
    require(can_edit_calendar(by, calendar))
    if valid_from < now:
        raise ValidInThePast
    _check_opens(hours)
    with unit():
        if seen is not None and seen != newest_number(calendar):
            raise Conflict
        return _write_version(calendar, hours, valid_from=valid_from, by=by, now=now)


def rename_calendar(calendar: ServiceCalendar, name: str, *, by: Viewer, now: datetime) -> ServiceCalendar:
    """Give service hours another name; their key stays.

    Administrators only. Records `CalendarRenamed`, nothing for the same name. Raises `NotAllowed`.
    """
    require(can_edit_calendar(by, calendar))
    with unit():
        if ServiceCalendar.objects.filter(pk=calendar.pk).exclude(name=name).update(name=name):
            record(CalendarRenamed(), subject=_subject(calendar), actor=by.actor, at=now)
    calendar.name = name
    return calendar


def set_default(calendar: ServiceCalendar, *, by: Viewer, now: datetime) -> ServiceCalendar:
    """Make these service hours those of their owner wherever nothing else is agreed.

    Administrators only. Records `CalendarMadeDefault`, nothing where they are the default already. Raises
    `NotAllowed`, `CalendarRetired`.
    """
    require(can_edit_calendar(by, calendar))
    if not calendar.is_active:
        raise CalendarRetired
    with unit():
        siblings = ServiceCalendar.objects.filter(organisation=calendar.organisation)
        previous = siblings.filter(is_default=True).first()
        if previous == calendar:
            return calendar
        siblings.filter(is_default=True).update(is_default=False)
        siblings.filter(pk=calendar.pk).update(is_default=True)
        calendar.is_default = True
        made = CalendarMadeDefault(
            organisation_id=calendar.organisation_id, previous_id=previous.pk if previous else None
        )
        record(made, subject=_subject(calendar), actor=by.actor, at=now)
    return calendar


def retire_calendar(calendar: ServiceCalendar, *, by: Viewer, now: datetime) -> ServiceCalendar:
    """Take service hours out of use; versions and what was promised by them stay.

    Administrators only. Records `CalendarRetired`, nothing where they are retired already. Raises `NotAllowed`, and
    `CalendarInUse` for the default and for hours an agreement counts by.
    """
    require(can_edit_calendar(by, calendar))
    with unit():
        users = users_of(calendar)
        if ServiceCalendar.objects.filter(pk=calendar.pk, is_default=True).exists():
            users = [_("default service hours"), *users]
        if users:
            raise CalendarInUse(users=", ".join(users))
        rows = ServiceCalendar.objects.filter(pk=calendar.pk, is_active=True, is_default=False)
        if rows.update(is_active=False):
            record(events.CalendarRetired(), subject=_subject(calendar), actor=by.actor, at=now)
    calendar.is_active = False
    return calendar


def restore_calendar(calendar: ServiceCalendar, *, by: Viewer, now: datetime) -> ServiceCalendar:
    """Undo `retire_calendar`. Administrators only. Records `CalendarRestored`. Raises `NotAllowed`."""
    require(can_edit_calendar(by, calendar))
    with unit():
        if ServiceCalendar.objects.filter(pk=calendar.pk, is_active=False).update(is_active=True):
            record(events.CalendarRestored(), subject=_subject(calendar), actor=by.actor, at=now)
    calendar.is_active = True
    return calendar


def ensure_defaults(now: datetime) -> None:
    """Ship the house's service hours where they are missing: Mon-Fr 08-17 in Berlin (nationwide holidays), and 24x7.

    For set-up, by the system; running it again changes nothing.
    """
    by = Viewer.system()
    week = Calendar("Europe/Berlin", parse_week("Mo-Fr 08:00-17:00"), holidays=HolidaySet("DE"))
    always = Calendar("Europe/Berlin", parse_week("24/7"))
    with unit():
        house = ServiceCalendar.objects.filter(organisation=None)
        shipped = ((BUSINESS_HOURS, BUSINESS_HOURS_NAME, week), (ALWAYS, ALWAYS_NAME, always))
        for key, name, hours in shipped:
            if not house.filter(key=key).exists():
                create_calendar(NewCalendar(key, name, hours), by=by, now=now)
        if not house.filter(is_default=True).exists():
            set_default(house.get(key=BUSINESS_HOURS), by=by, now=now)


def _check_opens(hours: Calendar) -> None:
    """Hours need a weekday, or a day of every year, with openings; single dates and half holidays run out."""
    if not any(hours.week) and not any(day.frames for day in hours.special if not day.year):
        raise NeverOpen


def _write_version(
    calendar: ServiceCalendar, hours: Calendar, *, valid_from: datetime, by: Viewer, now: datetime
) -> CalendarVersion:
    place = hours.holidays if isinstance(hours.holidays, HolidaySet) else None
    number = newest_number(calendar) + 1
    version, is_new = CalendarVersion.objects.get_or_create(
        calendar=calendar,
        number=number,
        defaults={
            "valid_from": valid_from,
            "tz": hours.tz,
            "hours": week_to(hours.week),
            "country": place.country if place else "",
            "subdivision": place.subdivision if place else "",
            "municipality": place.municipality if place else "",
            "categories": list(place.categories) if place else [],
            "half_day_hours": frames_to(place.half_day_frames) if place else [],
            "created_at": now,
        },
    )
    if not is_new:
        # Somebody else took the number between reading and writing.
        raise Conflict
    CalendarDay.objects.bulk_create(
        CalendarDay(
            version=version,
            year=day.year,
            month=day.month,
            day=day.day,
            name=day.name,
            kind=day.kind,
            hours=frames_to(day.frames),
        )
        for day in hours.special
    )
    published = CalendarVersionPublished(number=version.number, valid_from=valid_from.isoformat())
    record(published, subject=_subject(calendar), actor=by.actor, at=now)
    return version


def _subject(calendar: ServiceCalendar) -> Subject:
    return Subject("calendar", calendar.pk)
