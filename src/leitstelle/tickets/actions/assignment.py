"""Who works on the ticket: assign, take, release."""

from datetime import datetime

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.models import Person, Team, TeamMembership
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, need_right, need_worker, rank_in, record_on
from leitstelle.tickets.actions.status import start_work
from leitstelle.tickets.choices import HandoverState
from leitstelle.tickets.errors import NotInTeam
from leitstelle.tickets.events import TicketAssigned
from leitstelle.tickets.models import Ticket


@unit()
def assign_ticket(
    ticket: Ticket,
    *,
    team: Team,
    to: Person | None,
    by: Viewer,
    now: datetime,
    expected: int | None = None,
) -> Ticket:
    """Give the ticket to a team and perhaps a person in it. Agents. Records `TicketAssigned`.

    The level follows the team. Passing to another level belongs to `hand_over`, which asks what
    was tried; here it is for sorting tickets nobody has worked on. Raises `NotInTeam`, `TicketChanged`.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.ASSIGN)
    check_member(team, to)
    _assign(ticket, "assign", team, to, by=by, now=now, expected=expected)
    if to is not None:
        start_work(ticket, by=by, now=now)
    return ticket


@unit()
def take_ticket(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Take the ticket oneself; its team stays. Agents. Records `TicketAssigned`; raises `TicketChanged`."""
    need_worker(by, ticket)
    if by.person_id is None:
        raise NotAllowed()
    person = Person.objects.get(pk=by.person_id)
    team = ticket.team if ticket.team is not None else own_team(person)
    if team is None:
        raise InvalidInput()
    _assign(ticket, "take", team, person, by=by, now=now, expected=expected)
    start_work(ticket, by=by, now=now)
    return ticket


@unit()
def release_ticket(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Put the ticket back to its team. Agents. Records `TicketAssigned`; raises `TicketChanged`."""
    need_worker(by, ticket)
    if ticket.team is not None:
        _assign(ticket, "release", ticket.team, None, by=by, now=now, expected=expected)
    return ticket


def own_team(person: Person) -> Team | None:
    """Return the first active team of a person, lowest level first."""
    membership = (
        TeamMembership.objects.filter(person=person, team__is_active=True)
        .select_related("team__level")
        .order_by("team__level__order", "team_id")
        .first()
    )
    return membership.team if membership else None


def check_member(team: Team, person: Person | None) -> None:
    """Raise `NotInTeam` unless the person (if any) works in the team."""
    if person is None:
        return
    if not TeamMembership.objects.filter(team=team, person=person, person__is_active=True).exists():
        raise NotInTeam(
            fields={"assignee": NotInTeam.default_message}, person=person.display_name, team=team.name
        )


def supersede_handovers(ticket: Ticket, *, now: datetime) -> None:
    """Close offers that another decision about the team has overtaken; accepting one would pull the ticket back."""
    ticket.handovers.filter(state=HandoverState.OFFERED).update(
        state=HandoverState.SUPERSEDED, decided_at=now
    )


def _assign(
    ticket: Ticket,
    verb: str,
    team: Team,
    to: Person | None,
    *,
    by: Viewer,
    now: datetime,
    expected: int | None,
) -> None:
    before_person, before_team = ticket.assignee_id, ticket.team_id
    after_person = to.pk if to is not None else None
    if (before_person, before_team) == (after_person, team.pk):
        return
    if before_team != team.pk:
        supersede_handovers(ticket, now=now)
    change(
        ticket,
        "assignment",
        expected,
        now=now,
        team_id=team.pk,
        level_id=team.level_id,
        level_rank=rank_in(team, ticket),
        assignee_id=after_person,
    )
    record_on(
        ticket,
        TicketAssigned(
            verb=verb,
            before_person=before_person,
            after_person=after_person,
            before_team=before_team,
            after_team=team.pk,
        ),
        by=by,
        at=now,
    )
