"""Sets up a desk in one go, as `leitstelle init` does: what the pages of the first steps ask, without the pages."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.actions import (
    ContactInput,
    HouseInput,
    PersonInput,
    TeamInput,
    create_person,
    create_team,
    grant_role,
    save_house,
    set_password,
    set_team_members,
    settle_first_step,
    verify_contact_point,
)
from leitstelle.accounts.choices import ContactKind, Role, StepState
from leitstelle.accounts.labels import named
from leitstelle.accounts.models import House, Level, LevelScheme, Organisation, Person, Team
from leitstelle.accounts.queries import find_by_email, house_facts
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar, version_at, version_value
from leitstelle.calendars.rules import Calendar, parse_week
from leitstelle.calendars.rules.holidays import HolidaySet
from leitstelle.config.shipped import ensure_shipped
from leitstelle.intake.actions import MailboxInput, create_mailbox
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """Everything that can be said at once; empty values leave what is there. `teams` are (name, level's key)."""

    company: str
    name: str
    email: str
    password: str = ""
    portal_name: str = ""
    domains: tuple[str, ...] = ()
    language: str = ""
    time_zone: str = ""
    place: HolidaySet | None = None
    hours: str = ""
    levels: str = ""
    teams: tuple[tuple[str, str], ...] = ()
    mailbox: MailboxInput | None = None


@dataclass
class Outcome:
    """What there is afterwards, and what of it is new."""

    company: str
    administrator: str
    email: str
    created: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    levels: str = ""
    mailbox: str = ""

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self)


@unit()
def set_up(wanted: SetUp, *, now: datetime) -> Outcome:
    """Bring the desk to what is wanted; running it again doubles nothing and changes no password.

    Raises InvalidInput, DomainTaken and what the rules of service hours refuse.
    """
    by = Viewer.system()
    ensure_shipped(now)
    outcome = Outcome(wanted.company, wanted.name, wanted.email)
    known = Organisation.objects.filter(name=wanted.company).exists()
    _house(wanted, by, now)
    outcome.created += [] if known else ["company"]
    _hours(wanted, by, now)
    outcome.levels = _levels(wanted, by, now)
    person, is_new = _administrator(wanted, by, now)
    outcome.administrator = person.display_name
    outcome.created += ["administrator"] if is_new else []
    outcome.created += _teams(wanted, person, by, now)
    outcome.teams = list(Team.objects.filter(is_active=True).values_list("name", flat=True))
    outcome.created += _mailbox(wanted, by, now)
    box = Mailbox.objects.without_secrets().filter(is_active=True).order_by("-is_default", "pk").first()
    outcome.mailbox = box.address if box else ""
    return outcome


def _house(wanted: SetUp, by: Viewer, now: datetime) -> None:
    house, facts = House.objects.select_related("company").first(), house_facts()
    domains = set(wanted.domains)
    if house is not None and house.company is not None:
        domains |= set(house.company.domains.values_list("domain", flat=True))
    new = HouseInput(
        company=wanted.company,
        portal_name=wanted.portal_name or facts.portal_name,
        language=wanted.language or facts.language,
        time_zone=wanted.time_zone or facts.time_zone,
        domains=sorted(domains) if wanted.domains else None,
    )
    save_house(new, by=by, now=now)


def _hours(wanted: SetUp, by: Viewer, now: datetime) -> None:
    if not (wanted.hours or wanted.place or wanted.time_zone):
        return
    calendar = default_calendar()
    before = version_value(version_at(calendar, now))
    hours = Calendar(
        tz=wanted.time_zone or before.tz,
        week=parse_week(wanted.hours) if wanted.hours else before.week,
        special=before.special,
        holidays=wanted.place or before.holidays,
    )
    if hours != before:
        change_house_hours(hours, by=by, now=now)
    if wanted.hours or wanted.place:
        settle_first_step("hours", StepState.DONE, by=by, now=now)


def change_house_hours(hours: Calendar, *, by: Viewer, now: datetime) -> None:
    """Publish the house's service hours from `now` (aware) on.

    A shipped name that would then tell other hours than there are gives way to a neutral one in the house's language.
    Raises what `publish_version` raises.
    """
    calendar = default_calendar()
    other_week = hours.week != version_value(version_at(calendar, now)).week
    calendars.publish_version(calendar, hours, valid_from=now, by=by, now=now)
    if other_week and calendar.name == calendars.BUSINESS_HOURS_NAME:
        with translation.override(house_facts().language):
            calendars.rename_calendar(calendar, _("Our service hours"), by=by, now=now)


def _levels(wanted: SetUp, by: Viewer, now: datetime) -> str:
    if wanted.levels:
        scheme = LevelScheme.objects.get(key=wanted.levels)
        accounts.choose_default_level_scheme(scheme, by=by, now=now)
        settle_first_step("levels", StepState.DONE, by=by, now=now)
    return str(LevelScheme.objects.filter(is_default=True).values_list("key", flat=True).first() or "")


def _administrator(wanted: SetUp, by: Viewer, now: datetime) -> tuple[Person, bool]:
    known = find_by_email(wanted.email)
    person = known or _new_person(wanted, by, now)
    for point in person.contact_points.filter(kind=ContactKind.EMAIL, verified_at__isnull=True):
        verify_contact_point(point, by=by, now=now)
    for role in (Role.ADMINISTRATOR, Role.AGENT):
        grant_role(person, role, by=by, now=now)
    if wanted.password and not person.has_usable_password():
        set_password(person, wanted.password, by=by, now=now)
    return person, known is None


def _new_person(wanted: SetUp, by: Viewer, now: datetime) -> Person:
    house = House.objects.select_related("company").get()
    contact = ContactInput(kind=ContactKind.EMAIL, value=wanted.email, is_primary=True)
    new = PersonInput(display_name=wanted.name, organisation=house.company, contacts=[contact])
    return create_person(new, by=by, now=now)


def _teams(wanted: SetUp, person: Person, by: Viewer, now: datetime) -> list[str]:
    levels = {level.key: level for level in Level.objects.filter(scheme__is_default=True).order_by("order")}
    created = []
    for place, (name, key) in enumerate(wanted.teams):
        if Team.objects.filter(name=name).exists():
            continue
        level = levels.get(key) or list(levels.values())[min(place, len(levels) - 1)]
        first = not Team.objects.filter(is_default=True).exists()
        team = create_team(TeamInput(name=name, level=level, is_default=first), by=by, now=now)
        if first:
            set_team_members(team, [person], by=by, now=now)
        created.append(f"team {name}")
    return created


def _mailbox(wanted: SetUp, by: Viewer, now: datetime) -> list[str]:
    new = wanted.mailbox
    if new is None or Mailbox.objects.filter(address__iexact=new.address).exists():
        return []
    create_mailbox(new, by=by, now=now)
    return ["mailbox"]


def proposed_teams(scheme_key: str) -> list[tuple[str, str]]:
    """A team per level of a scheme (at most two), named like the level: (name, level's key)."""
    rows = Level.objects.filter(scheme__key=scheme_key).order_by("order")[:2]
    return [(named(row.name_de, row.name_en), row.key) for row in rows]
