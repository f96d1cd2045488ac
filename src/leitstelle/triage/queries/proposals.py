"""What stands on a ticket, who put it there, and what was proposed for it."""

from collections.abc import Sequence

from leitstelle.accounts.models import Team
from leitstelle.accounts.queries import schemes_in_use
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.tickets.choices import Channel, StatusType
from leitstelle.tickets.events import TicketAssigned, TicketClassified
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries import team_of_arrival
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.triage.choices import FIELDS, Matter, Outcome
from leitstelle.triage.queries.examples import UNASKED
from leitstelle.triage.queries.sorting import LOOKED_AT, chosen_later


def present_value(ticket: Ticket, field: Matter) -> str:
    """Return the code a field of the ticket has now, empty for none. Teams by their public id."""
    if field is Matter.TEAM:
        return str(ticket.team.public_id) if ticket.team is not None else ""
    value = {
        Matter.CATEGORY: ticket.category_id,
        Matter.SERVICE: ticket.service_id,
        Matter.KIND: ticket.kind,
        Matter.IMPACT: ticket.impact_id,
        Matter.URGENCY: ticket.urgency_id,
    }[field]
    return "" if value is None else str(value)


def chosen_fields(ticket: Ticket) -> set[Matter]:
    """Return the fields that a person or a rule has chosen: those the statistics must leave alone. Not the team.

    A category or service that is there was chosen by somebody, or came with the category; kind, impact and
    urgency were chosen, unless the ticket came in on a channel that asks for none; and whatever was changed since.
    """
    chosen = set()
    if ticket.category_id is not None:
        chosen.add(Matter.CATEGORY)
    if ticket.service_id is not None:
        chosen.add(Matter.SERVICE)
    if Channel(ticket.channel) not in UNASKED:
        chosen |= {Matter.KIND, Matter.IMPACT, Matter.URGENCY}
    changes = events_for(Subject("ticket", ticket.pk)).filter(code=TicketClassified.code)
    for event in changes:
        chosen |= {field for field in FIELDS if any(change[0] == field for change in event.data["changes"])}
    return chosen


def teams_to_propose(organisation_id: int | None) -> dict[str, Team]:
    """Return the teams that may be proposed for tickets of an organisation, by public id.

    They are in use and work on a level of the organisation's scheme; without one, of the house's default scheme.
    """
    scheme_id = schemes_in_use().of(organisation_id)
    return {str(team.public_id): team for team in teams_in_use() if team.level.scheme_id == scheme_id}


def moves_of(ticket: Ticket) -> list[Event]:
    """Return what happened to a ticket that says who chose its team, oldest first."""
    return list(events_for(Subject("ticket", ticket.pk)).filter(code__in=LOOKED_AT))


def was_placed_by_rule(moves: Sequence[Event]) -> bool:
    """Whether a rule gave the ticket to a team or person."""
    return any(move.code == TicketAssigned.code and move.actor_kind == "rule" for move in moves)


def team_is_free(ticket: Ticket, moves: Sequence[Event]) -> bool:
    """Whether the ticket is where every new one begins, and nobody has it or has chosen its team.

    What moved it without a person, an escalation for instance, has had its reason as well.
    """
    first = team_of_arrival(ticket.organisation_id)
    begins = first is not None and ticket.team_id == first.pk
    if not begins or ticket.assignee_id is not None or ticket.status_type != StatusType.NEW:
        return False
    moved = any(
        move.code == TicketAssigned.code and move.data["before_team"] != move.data["after_team"]
        for move in moves
    )
    return not moved and Outcome.TEAM not in chosen_later(moves)
