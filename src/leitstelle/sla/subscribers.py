"""Keeping the clock caches true in the transaction that changed the facts."""

from leitstelle.kernel.events import Event, subscribe
from leitstelle.sla.actions import update_clocks
from leitstelle.sla.queries import as_past
from leitstelle.tickets.events import (
    MessageAdded,
    RequesterChanged,
    StatusChanged,
    TicketClassified,
    TicketOpened,
)
from leitstelle.tickets.models import Ticket


@subscribe(
    TicketOpened,
    MessageAdded,
    StatusChanged,
    TicketClassified,
    RequesterChanged,
    name="sla.update_clocks",
    inline=True,
)
def follow_the_facts(event: Event) -> None:
    """Recompute the clocks, unless the event is a message that moves none."""
    if event.code == MessageAdded.code and not event.data["is_response"]:
        return
    ticket, now = Ticket.objects.get(pk=event.subject_id), max(event.recorded_at, event.at)
    if event.code == TicketOpened.code:
        # The first event of its ticket: nothing came before it, and no clock is there yet.
        update_clocks(ticket, now, events=[as_past(event)], is_new=True)
    else:
        update_clocks(ticket, now)
