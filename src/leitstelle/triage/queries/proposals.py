"""What stands on a ticket, who put it there, and what was proposed for it."""

from leitstelle.kernel.events import Subject, events_for
from leitstelle.tickets.choices import Channel
from leitstelle.tickets.events import TicketClassified
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import FIELDS, Matter
from leitstelle.triage.queries.examples import UNASKED


def present_value(ticket: Ticket, field: Matter) -> str:
    """Return the code a field of the ticket has now, empty for none."""
    value = {
        Matter.CATEGORY: ticket.category_id,
        Matter.KIND: ticket.kind,
        Matter.IMPACT: ticket.impact_id,
        Matter.URGENCY: ticket.urgency_id,
    }[field]
    return "" if value is None else str(value)


def chosen_fields(ticket: Ticket) -> set[Matter]:
    """Return the fields that a person or a rule has chosen: those the statistics must leave alone.

    A category that is there was chosen by somebody; kind, impact and urgency were, unless the ticket came in on a
    channel that asks for none; and whatever was changed since.
    """
    chosen = set()
    if ticket.category_id is not None:
        chosen.add(Matter.CATEGORY)
    if Channel(ticket.channel) not in UNASKED:
        chosen |= {Matter.KIND, Matter.IMPACT, Matter.URGENCY}
    changes = events_for(Subject("ticket", ticket.pk)).filter(code=TicketClassified.code)
    for event in changes:
        chosen |= {field for field in FIELDS if any(change[0] == field for change in event.data["changes"])}
    return chosen
