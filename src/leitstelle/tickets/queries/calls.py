"""What an agent on the telephone needs to see of a caller's tickets."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.rules.life_cycle import FollowUp, follow_up

OPEN_SHOWN, ENDED_SHOWN = 8, 5


@dataclass(frozen=True)
class CallersTickets:
    """A caller's tickets that a call may belong to, and those that ended; newest conversation first."""

    open: list[Ticket]
    ended: list[Ticket]


def tickets_of_caller(viewer: Viewer, person_id: int) -> CallersTickets:
    """Return the visible tickets of a person; two queries."""
    rows = visible_tickets(viewer).filter(requester_id=person_id).select_related("status", "priority", "team")
    rows = rows.order_by("-last_message_at", "-pk")
    ended = rows.filter(is_ongoing=False).exclude(status_type=StatusType.MERGED)
    return CallersTickets(list(rows.filter(is_ongoing=True)[:OPEN_SHOWN]), list(ended[:ENDED_SHOWN]))


def takes_call(ticket: Ticket, now: datetime) -> bool:
    """Whether what a caller says at `now` (aware) still belongs to this ticket."""
    if ticket.status_type == StatusType.MERGED:
        return False
    waits = ticket.status_type == StatusType.WAITING
    return follow_up(ticket.status_type, waits, ticket.closed_at, now) is not FollowUp.NEW_TICKET
