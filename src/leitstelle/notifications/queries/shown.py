"""What a reader may see of what they were told: everything is fetched anew through their visibility.

Used for pages and again when a mail is sent, so that both show what the reader may see at that moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.kernel.events import Subject
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import Link, links
from leitstelle.notifications.choices import PORTAL_KINDS, Kind
from leitstelle.notifications.models import Notification
from leitstelle.notifications.policies import visible_inbound
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import visible_messages, visible_tickets


@dataclass(frozen=True)
class Told:
    """A notification with what its reader may see of it now; without `visible` nothing but that it was there."""

    row: Notification
    visible: bool
    ticket: Ticket | None = None
    message: Message | None = None
    link: Link | None = None
    who: str = ""

    @property
    def outdated(self) -> bool:
        """Whether it called for something that somebody else has done meanwhile, or that is no longer the reader's."""
        if self.ticket is None:
            return False
        if self.row.kind == Kind.TEAM_QUEUE:
            return self.ticket.assignee_id is not None
        return self.row.kind == Kind.ASSIGNED and self.ticket.assignee_id != self.row.person_id

    @property
    def merged(self) -> bool:
        return self.ticket is not None and self.ticket.status_type == StatusType.MERGED


def shown(person: Person, rows: Sequence[Notification]) -> list[Told]:
    """Return the person's notifications with what they may see, in order; a constant number of statements."""
    found: dict[int, Told] = {}
    for in_portal, hat in ((False, Hat.AGENT), (True, Hat.REQUESTER)):
        part = [row for row in rows if row.in_portal is in_portal]
        if part:
            found |= _under_hat(viewer_for(person, hat), part)
    return [found[row.pk] for row in rows]


def _under_hat(viewer: Viewer, rows: Sequence[Notification]) -> dict[int, Told]:
    ticket_ids = {row.ticket_id for row in rows if row.ticket_id is not None}
    message_ids = {row.message_id for row in rows if row.message_id is not None}
    tickets = visible_tickets(viewer).select_related("status").in_bulk(list(ticket_ids)) if ticket_ids else {}
    messages = (
        visible_messages(viewer).select_related("body").in_bulk(list(message_ids)) if message_ids else {}
    )
    inbound = visible_inbound(viewer, {row.inbound_id for row in rows if row.inbound_id is not None})
    targets = links((Subject("ticket", pk) for pk in tickets), viewer)
    names = _names({row.actor_id for row in rows if row.actor_id is not None})
    return {row.pk: _told(viewer, row, tickets, messages, inbound, targets, names) for row in rows}


def _told(
    viewer: Viewer,
    row: Notification,
    tickets: dict[int, Ticket],
    messages: dict[int, Message],
    inbound: set[int],
    targets: dict[Subject, Link],
    names: dict[int, str],
) -> Told:
    hidden = Told(row, visible=False)
    if not viewer.is_agent and row.kind not in PORTAL_KINDS:
        return hidden
    if row.inbound_id is not None:
        return replace(hidden, visible=row.inbound_id in inbound)
    ticket = tickets.get(row.ticket_id or 0)
    message = messages.get(row.message_id or 0)
    if ticket is None or (row.message_id is not None and message is None):
        return hidden
    target = targets.get(Subject("ticket", ticket.pk))
    return Told(row, True, ticket, message, target, names.get(row.actor_id or 0, ""))


def _names(ids: set[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "display_name")) if ids else {}
