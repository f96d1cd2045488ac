"""Giving tickets to people: by turn or load when they come to a team, and the next best one on asking."""

from datetime import datetime, timedelta

from django.db.models import F

from leitstelle.accounts.models import Person, Team, TeamMembership
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import assign_ticket, take_ticket
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.choices import ONGOING_TYPES, StatusType
from leitstelle.tickets.errors import NotInTeam, TicketChanged
from leitstelle.tickets.models import NO_DEADLINE, Ticket
from leitstelle.triage.choices import Mode, Way
from leitstelle.triage.errors import NothingWaits, TooManyOpen
from leitstelle.triage.events import TicketGiven
from leitstelle.triage.models import AgentProfile, Routing, TeamMode, Unassigned
from leitstelle.triage.queries.giving import (
    Next,
    candidates_for,
    limit_of,
    loads_of,
    needs_in_use,
    next_tickets,
    waiting_in,
    ways_in_use,
)
from leitstelle.triage.rules.giving import choose

AUTOMATIC = (Mode.ROUND_ROBIN, Mode.LEAST_LOADED)
AT_ONCE = 50
ENOUGH = 5


def settle(ticket: Ticket, *, now: datetime) -> None:
    """See to it that a ticket without a person gets one, or that somebody watches it. In the unit of what happened.

    Without automatic distribution one statement, without a watch none.
    """
    if ticket.assignee_id is not None or ticket.status_type not in ONGOING_TYPES:
        return
    way = ways_in_use().of(ticket.team_id)
    automatic = way.mode in AUTOMATIC and ticket.status_type in (StatusType.NEW, StatusType.OPEN)
    given = give(ticket, now=now) if automatic else None
    if given is None:
        watch(ticket, now=now)


def watch(ticket: Ticket, *, now: datetime) -> None:
    """Look at a ticket without a person after its team's minutes; service hours are asked then. Told once."""
    minutes = ways_in_use().of(ticket.team_id).watch_minutes
    if not minutes:
        return
    row = Unassigned(ticket=ticket, since=now, check_at=now + timedelta(minutes=minutes))
    Unassigned.objects.bulk_create([row], ignore_conflicts=True)


@unit()
def give(ticket: Ticket, *, now: datetime) -> Person | None:
    """Give a ticket of a team with automatic distribution to one of its people. For the product itself.

    Records `TicketGiven` and the assignment. Nobody there, or somebody else was faster: `None`. The team's row is
    changed first, so that two processes choose one after the other and each sees what the other gave.
    """
    turn = TeamMode.objects.filter(team_id=ticket.team_id or 0, mode__in=AUTOMATIC)
    if not turn.update(turn=F("turn") + 1):
        return None
    mode = Mode(turn.values_list("mode", flat=True).get())
    people = candidates_for(ticket, now)
    needed = needs_in_use().of(ticket.category_id)
    chosen = choose(mode, people, needs_skill=bool(needed))
    if chosen is None:
        return None
    person = Person.objects.get(pk=chosen.person_id)
    team = Team.objects.get(pk=ticket.team_id or 0)
    reasons = tuple(map(str, chosen.reasons))
    try:
        _hand_to(ticket, team, person, Way.DISTRIBUTED, reasons, chosen.load, now=now)
    except (TicketChanged, NotInTeam):
        return None
    _note_turn(person.pk, now)
    return person


@unit()
def _hand_to(
    ticket: Ticket,
    team: Team,
    person: Person,
    way: Way,
    reasons: tuple[str, ...],
    load: int,
    *,
    now: datetime,
) -> None:
    by = Viewer.system()
    assign_ticket(ticket, team=team, to=person, by=by, now=now, expected=ticket.assignment_version)
    note_given(ticket, person.pk, way, reasons, load, by=by, now=now)


def note_given(
    ticket: Ticket,
    person_id: int,
    way: Way,
    reasons: tuple[str, ...],
    load: int,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Record `TicketGiven` with its reasons, for the journal and beside the ticket."""
    data = TicketGiven(way=way, person_id=person_id, reasons=reasons, load=load)
    record_on(ticket, data, by=by, at=now)
    Routing.objects.create(
        ticket=ticket,
        at=now,
        way=way,
        person_id=person_id,
        reasons={"why": list(reasons), "load": load, **_facts(ticket)},
    )


def _facts(ticket: Ticket) -> dict[str, object]:
    """What reasons speak of, as it was then."""
    due = None if ticket.due_order == NO_DEADLINE else ticket.due_order.isoformat()
    return {"due": due, "priority": ticket.priority_id, "opened": ticket.opened_at.isoformat()}


def _note_turn(person_id: int, now: datetime) -> None:
    if not AgentProfile.objects.filter(person_id=person_id).update(last_given_at=now):
        AgentProfile.objects.get_or_create(person_id=person_id, defaults={"last_given_at": now})


def take_next(*, by: Viewer, now: datetime) -> Next:
    """Take the best ticket that waits in one's own teams. Agents. Records the assignment and `TicketGiven`.

    Where somebody else is faster, the next one. Raises `NothingWaits`, `TooManyOpen`, `NotAllowed`.
    """
    if by.person_id is None or not by.is_agent:
        raise NotAllowed()
    limit = limit_of(by.person_id, by.team_ids)
    load = loads_of([by.person_id]).get(by.person_id, 0)
    if limit and load >= limit:
        raise TooManyOpen(count=load, limit=limit)
    for found in next_tickets(by, now):
        try:
            _take(found, load, by=by, now=now)
        except TicketChanged:
            continue
        return found
    raise NothingWaits()


@unit()
def _take(found: Next, load: int, *, by: Viewer, now: datetime) -> None:
    ticket = found.ticket
    take_ticket(ticket, by=by, now=now, expected=ticket.assignment_version)
    reasons = tuple(map(str, found.reasons))
    note_given(ticket, by.person_id or 0, Way.PULLED, reasons, load, by=by, now=now)
    _note_turn(by.person_id or 0, now)


def give_waiting(now: datetime) -> int:
    """Give what waits in teams with automatic distribution, the most pressing first; returns how many."""
    given = 0
    teams = [pk for pk, way in ways_in_use().by_team.items() if way.mode in AUTOMATIC]
    for team_id in teams:
        rows = waiting_in([team_id]).order_by("priority", "due_order", "pk")
        in_vain = 0
        for ticket in rows[:AT_ONCE]:
            done = give(ticket, now=now) is not None
            given, in_vain = given + done, 0 if done else in_vain + 1
            # Nobody there, or nobody with room: the rest would only be asked for nothing.
            if in_vain >= ENOUGH:
                break
    return given


def works_in(team_id: int | None, person_id: int) -> bool:
    """Whether a person works in a team."""
    return TeamMembership.objects.filter(
        team_id=team_id or 0, person_id=person_id, person__is_active=True
    ).exists()
