"""Reading service hours: rows to values, which version holds when, whose default it is.

Values are kept per process by the version's public id: versions never change.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Max

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.models import CalendarVersion, ServiceCalendar
from leitstelle.calendars.rules import Calendar, HolidaySet, SpecialDay, VersionedCalendar
from leitstelle.calendars.rules.form import frames_from, week_from
from leitstelle.kernel.kept import kept

Users = Callable[[ServiceCalendar], list[str]]

_users: list[Users] = []


def register_users(users: Users) -> Users:
    """Let a higher domain name what it counts by service hours (its agreements), in words for people."""
    if users not in _users:
        _users.append(users)
    return users


def users_of(calendar: ServiceCalendar) -> list[str]:
    """What is counted by these service hours now; nothing where they can be retired."""
    return [name for users in _users for name in users(calendar)]


def hours_of(calendar_id: int) -> VersionedCalendar:
    """All versions as one value: sums that cross a version's beginning use each for its own time.

    One query; raises `NoCalendar` where the calendar does not exist.
    """
    versions: dict[datetime, CalendarVersion] = {}
    for version in CalendarVersion.objects.filter(calendar_id=calendar_id).order_by("valid_from", "number"):
        versions[version.valid_from] = version
    if not versions:
        raise NoCalendar
    return VersionedCalendar(tuple((moment, version_value(version)) for moment, version in versions.items()))


def hours_of_each(calendar_ids: Iterable[int]) -> dict[int, VersionedCalendar]:
    """Return `hours_of` for several calendars; one query for all. Raises `NoCalendar` where one does not exist."""
    wanted = set(calendar_ids)
    versions: dict[int, dict[datetime, CalendarVersion]] = {pk: {} for pk in wanted}
    for version in CalendarVersion.objects.filter(calendar__in=wanted).order_by("valid_from", "number"):
        versions[version.calendar_id][version.valid_from] = version
    if not all(versions.values()):
        raise NoCalendar
    return {
        pk: VersionedCalendar(tuple((moment, version_value(one)) for moment, one in rows.items()))
        for pk, rows in versions.items()
    }


@kept("calendar")
def hours_of_each_in_use(calendar_ids: tuple[int, ...]) -> dict[int, VersionedCalendar]:
    """Return `hours_of_each` as this process knows them; for showing what is left, not for setting deadlines."""
    return hours_of_each(calendar_ids)


@kept("calendar")
def hours_in_use(calendar_id: int) -> VersionedCalendar:
    """Return `hours_of` as this process knows them; for showing what is left, not for setting deadlines."""
    return hours_of(calendar_id)


def calendar_at(calendar: ServiceCalendar, moment: datetime) -> Calendar:
    """The version that holds at `moment`."""
    return hours_of(calendar.pk).at(moment)


def version_at(calendar: ServiceCalendar, moment: datetime) -> CalendarVersion:
    """The row of the version that holds at `moment`; the first one for all time before it."""
    found = versions_at([calendar], moment).get(calendar.pk)
    if found is None:
        raise NoCalendar
    return found


def versions_at(calendars: Iterable[ServiceCalendar], moment: datetime) -> dict[int, CalendarVersion]:
    """The rows that hold at `moment` by calendar id; one query for all."""
    found: dict[int, CalendarVersion] = {}
    rows = CalendarVersion.objects.filter(calendar__in=[calendar.pk for calendar in calendars])
    for version in rows.order_by("valid_from", "number"):
        if version.valid_from <= moment or version.calendar_id not in found:
            found[version.calendar_id] = version
    return found


def newest_number(calendar: ServiceCalendar) -> int:
    """The number of the version published last, whether it holds yet or not; 0 without any."""
    number: int | None = calendar.versions.aggregate(number=Max("number"))["number"]
    return number or 0


def version_value(version: CalendarVersion) -> Calendar:
    """The rules' value of a version; days are read on first use only."""
    return _value(version.public_id)


@lru_cache(maxsize=512)
def _value(public_id: UUID) -> Calendar:
    version = CalendarVersion.objects.get(public_id=public_id)
    days = tuple(
        SpecialDay(day.month, day.day, day.year, day.name, frames_from(day.hours), DayKind(day.kind))
        for day in version.days.all()
    )
    return Calendar(version.tz, week_from(version.hours), days, holiday_set(version))


def holiday_set(version: CalendarVersion) -> HolidaySet | None:
    """The place whose holidays a version keeps; nothing where it keeps none."""
    if not version.country:
        return None
    return HolidaySet(
        version.country,
        version.subdivision,
        version.municipality,
        tuple(version.categories),
        frames_from(version.half_day_hours),
    )


def default_calendar(organisation_id: int | None = None) -> ServiceCalendar:
    """The organisation's default, else the house's; raises `NoCalendar` where there is neither."""
    defaults = ServiceCalendar.objects.filter(is_default=True)
    if organisation_id is not None:
        own = defaults.filter(organisation_id=organisation_id).first()
        if own is not None:
            return own
    house = defaults.filter(organisation=None).first()
    if house is None:
        raise NoCalendar
    return house
