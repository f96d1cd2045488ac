"""Following a ticket and leaving it again."""

from datetime import datetime

from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.events import TicketFollowed, TicketUnfollowed
from leitstelle.notifications.models import Follow
from leitstelle.notifications.policies import can_follow
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.models import Ticket


@unit()
def follow_ticket(ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """Let `by` hear of everything on the ticket. Agents who see it. Records `TicketFollowed` once."""
    if not can_follow(by, ticket) or by.person_id is None:
        raise NotAllowed
    if insert_ignore(Follow, {"person_id": by.person_id, "ticket_id": ticket.pk, "created_at": now}):
        record_on(ticket, TicketFollowed(person_id=by.person_id), by=by, at=now)


@unit()
def unfollow_ticket(ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """Stop following. Whoever follows. Records `TicketUnfollowed` once."""
    if by.person_id is None:
        raise NotAllowed
    deleted, _rows = Follow.objects.filter(person_id=by.person_id, ticket=ticket).delete()
    if deleted:
        record_on(ticket, TicketUnfollowed(person_id=by.person_id), by=by, at=now)
