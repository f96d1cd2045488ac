"""What people want to be told: their roles, their own choices, the house's defaults, their rhythm."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.queries import hours_in_use
from leitstelle.kernel.kept import kept
from leitstelle.notifications.choices import DESK_KINDS, PORTAL_KINDS, ROLES, Kind
from leitstelle.notifications.models import HouseDefault, Preference, Rhythm
from leitstelle.notifications.rules.claims import Choice, choice_for
from leitstelle.notifications.rules.shipped import SHIPPED
from leitstelle.notifications.rules.times import Quiet, Times

Matrix = dict[tuple[str, str], Choice]
DEFAULTS = "notification_defaults"


@kept(DEFAULTS)
def house_matrix() -> Matrix:
    """Return what the house changed, by role and kind, as this process knows it."""
    return {(row.role, row.kind): Choice(row.in_product, row.mail) for row in HouseDefault.objects.all()}


def defaults_in_use() -> Matrix:
    """Return the whole matrix: what ships with what the house changed."""
    return {**SHIPPED, **house_matrix()}


def roles_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Return the column of the matrix that counts for each person: their strongest role."""
    held: dict[int, set[str]] = defaultdict(set)
    for person_id, role in RoleGrant.objects.filter(person_id__in=list(person_ids)).values_list(
        "person_id", "role"
    ):
        held[person_id].add(role)
    return {pk: next((role for role in ROLES if role in roles), ROLES[-1]) for pk, roles in held.items()}


def own_choices(person_ids: Iterable[int], kind: str | None = None) -> dict[int, dict[str, Choice]]:
    """Return what people chose for themselves, by person and kind."""
    rows = Preference.objects.filter(person_id__in=list(person_ids))
    found: dict[int, dict[str, Choice]] = defaultdict(dict)
    for row in rows if kind is None else rows.filter(kind=kind):
        found[row.person_id][row.kind] = Choice(row.in_product, row.mail)
    return found


def choices_of(kinds: Mapping[int, tuple[str, bool]]) -> dict[int, Choice]:
    """Return what each person wants for their kind; the flag says that they are told as requester."""
    roles, own, house = roles_of(kinds), own_choices(kinds), house_matrix()
    return {
        pk: choice_for(
            kind, ROLES[-1] if in_portal else roles.get(pk, ROLES[-1]), own.get(pk, {}), house, SHIPPED
        )
        for pk, (kind, in_portal) in kinds.items()
    }


def choices_of_person(person: Person, role: str) -> dict[str, Choice]:
    """Return what a person of a role wants for every kind."""
    own, house = own_choices([person.pk]).get(person.pk, {}), house_matrix()
    return {kind: choice_for(kind, role, own, house, SHIPPED) for kind in Kind}


def rhythms_of(people: Iterable[Person]) -> dict[int, Times]:
    """Return when each person may be reached; without a row of theirs at any time."""
    known = {person.pk: person for person in people}
    rows = {row.person_id: row for row in Rhythm.objects.filter(person_id__in=known)}
    return {
        pk: times_of(rows[pk], person) if pk in rows else Times(person.time_zone)
        for pk, person in known.items()
    }


def times_of(row: Rhythm, person: Person) -> Times:
    """Return a stored rhythm as the rules' value."""
    return Times(
        tz=person.time_zone,
        quiet=Quiet(row.quiet_begin, row.quiet_end, frozenset(row.quiet_days)),
        urgent_passes=row.urgent_passes,
        batch_minutes=row.batch_minutes,
        digest_at=row.digest_at,
        is_free=_free_days(row.calendar_id) if row.calendar_id else None,
    )


def _free_days(calendar_id: int) -> Callable[[date], bool] | None:
    """Holidays and company days of a calendar on which it stays closed; weekends are the person's own matter."""
    try:
        hours = hours_in_use(calendar_id)
    except NoCalendar:
        return None

    def is_free(day: date) -> bool:
        plan = hours.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)).plan(day)
        return plan.kind is not DayKind.WEEKDAY and not plan.frames

    return is_free


def kinds_for(role: str) -> list[Kind]:
    """Return the kinds that people of a role can be told of."""
    return list(PORTAL_KINDS) if role == ROLES[-1] else list(DESK_KINDS)
