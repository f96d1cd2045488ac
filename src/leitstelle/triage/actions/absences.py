"""Absences: entered, removed, told when they begin; what absent people have is offered on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.policies import agents, require
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import assign_ticket, release_ticket
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.errors import TicketChanged
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.triage.actions.giving import note_given, settle, works_in
from leitstelle.triage.choices import Away, Way, Why
from leitstelle.triage.errors import AbsenceBackwards, AbsenceOverlaps, DeputyNotPossible
from leitstelle.triage.events import AbsenceBegan, AbsenceRemoved, AbsenceSaved, AssigneeAway
from leitstelle.triage.models import Absence
from leitstelle.triage.policies import can_set_absence
from leitstelle.triage.queries.giving import absent_now, ways_in_use

KIND = "absence"
LONGEST = timedelta(days=3 * 366)
# Of so many tickets leads and deputy are told one by one; the list to take over has them all.
MOST_TOLD = 50


@dataclass(frozen=True, kw_only=True)
class AbsenceInput:
    """Days away, first and last included, in the person's own zone; who stands in; a note for colleagues."""

    first_day: date
    last_day: date
    deputy_id: int | None = None
    note: str = ""


@unit()
def enter_absence(person: Person, new: AbsenceInput, *, by: Viewer, now: datetime) -> Absence:
    """Say that a person will not work. The person, leads and administrators. Records `AbsenceSaved`.

    Raises `AbsenceBackwards`, `AbsenceOverlaps`, `DeputyNotPossible`, `NotAllowed`.
    """
    require(can_set_absence(by, person))
    absence = Absence(person=person, **_columns(person, new))
    _check(absence, new)
    absence.save()
    _record_saved(absence, by=by, now=now)
    return absence


@unit()
def change_absence(
    absence: Absence, new: AbsenceInput, *, by: Viewer, now: datetime, expected: int | None = None
) -> Absence:
    """Change an absence; it is told again when it begins. As `enter_absence`; raises `Conflict`, too."""
    person = absence.person
    require(can_set_absence(by, person))
    columns = _columns(person, new)
    _check(Absence(pk=absence.pk, person=person, **columns), new)
    seen = absence.version if expected is None else expected
    told = absence.told_at if columns["begins_at"] == absence.begins_at else None
    rows = Absence.objects.filter(pk=absence.pk, version=seen)
    if not rows.update(**columns, told_at=told, version=F("version") + 1):
        raise Conflict()
    absence.refresh_from_db()
    _record_saved(absence, by=by, now=now)
    return absence


@unit()
def remove_absence(absence: Absence, *, by: Viewer, now: datetime) -> None:
    """Say that the person works after all. As `enter_absence`. Records `AbsenceRemoved`."""
    require(can_set_absence(by, absence.person))
    data = AbsenceRemoved(person_id=absence.person_id)
    record(data, subject=Subject(KIND, absence.pk), actor=by.actor, at=now)
    absence.delete()


def _columns(person: Person, new: AbsenceInput) -> dict[str, object]:
    if new.last_day < new.first_day or new.last_day - new.first_day > LONGEST:
        raise AbsenceBackwards(fields={"last_day": AbsenceBackwards.default_message})
    if not 1990 <= new.first_day.year <= 9000:
        raise InvalidInput(fields={"first_day": InvalidInput.default_message})
    zone = ZoneInfo(person.time_zone)
    return {
        "first_day": new.first_day,
        "last_day": new.last_day,
        "begins_at": datetime.combine(new.first_day, time(), zone).astimezone(UTC),
        "ends_at": datetime.combine(new.last_day + timedelta(days=1), time(), zone).astimezone(UTC),
        "deputy_id": new.deputy_id,
        "note": new.note.strip()[:200],
    }


def _check(absence: Absence, new: AbsenceInput) -> None:
    """One absence at a time; a deputy who works on the desk, is another person and is there."""
    own = Absence.objects.filter(person=absence.person).exclude(pk=absence.pk)
    if own.filter(first_day__lte=new.last_day, last_day__gte=new.first_day).exists():
        raise AbsenceOverlaps(fields={"first_day": AbsenceOverlaps.default_message})
    if new.deputy_id is None:
        return
    known = agents().filter(pk=new.deputy_id).exclude(pk=absence.person_id)
    away = Absence.objects.filter(
        person_id=new.deputy_id, first_day__lte=new.first_day, last_day__gte=new.last_day
    )
    if not known.exists() or away.exists():
        raise DeputyNotPossible(fields={"deputy": DeputyNotPossible.default_message})


def _record_saved(absence: Absence, *, by: Viewer, now: datetime) -> None:
    data = AbsenceSaved(
        person_id=absence.person_id,
        deputy_id=absence.deputy_id,
        first_day=absence.first_day.isoformat(),
        last_day=absence.last_day.isoformat(),
    )
    record(data, subject=Subject(KIND, absence.pk), actor=by.actor, at=now)


def tell_of_absences(now: datetime) -> int:
    """Record `AbsenceBegan` for absences that began since the last run, once each; returns how many.

    What the people have gets `AssigneeAway`.
    """
    rows = Absence.objects.filter(told_at=None, begins_at__lte=now, ends_at__gt=now).order_by("pk")
    return sum(_tell(absence, now) for absence in rows[:200])


@unit()
def _tell(absence: Absence, now: datetime) -> int:
    if not Absence.objects.filter(pk=absence.pk, told_at=None).update(told_at=now):
        return 0
    have = list(Ticket.objects.filter(ONGOING, assignee_id=absence.person_id).order_by("pk"))
    away = AssigneeAway(person_id=absence.person_id, deputy_id=absence.deputy_id)
    for ticket in have[:MOST_TOLD]:
        record_on(ticket, away, by=Viewer.system(), at=now)
    data = AbsenceBegan(person_id=absence.person_id, deputy_id=absence.deputy_id, tickets=len(have))
    record(data, subject=Subject(KIND, absence.pk), actor=Viewer.system().actor, at=now)
    return 1


def pass_on(ticket: Ticket, *, now: datetime) -> None:
    """Pass a ticket on as its team wants it when its requester wrote while the person who has it is away.

    For the product itself, in the unit of the message. To the deputy, where they work in the team and are there;
    else back to the team. Records the assignment, and `TicketGiven` for a deputy.
    """
    out = absent_now(now)
    absence = out.get(ticket.assignee_id or 0)
    away = ways_in_use().of(ticket.team_id).away
    if absence is None or away is Away.STAY or ticket.team_id is None:
        return
    deputy = absence.deputy_id
    to_deputy = (
        away is Away.DEPUTY and deputy is not None and deputy not in out and works_in(ticket.team_id, deputy)
    )
    try:
        if to_deputy and deputy is not None:
            _to_deputy(ticket, deputy, now=now)
        else:
            release_ticket(ticket, by=Viewer.system(), now=now)
            settle(ticket, now=now)
    except TicketChanged:
        return


@unit()
def _to_deputy(ticket: Ticket, deputy_id: int, *, now: datetime) -> None:
    by = Viewer.system()
    team, person = Team.objects.get(pk=ticket.team_id or 0), Person.objects.get(pk=deputy_id)
    assign_ticket(ticket, team=team, to=person, by=by, now=now)
    reasons = (str(Why.ABSENT), str(Why.DEPUTY))
    note_given(ticket, deputy_id, Way.TAKEN_OVER, reasons, 0, by=by, now=now)
