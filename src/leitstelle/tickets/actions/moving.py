"""Messages that came to the wrong ticket: moved to another one, or made a ticket of their own."""

from datetime import datetime

from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import need_worker, record_on
from leitstelle.tickets.actions.merging import recount
from leitstelle.tickets.actions.opening import NewTicket, open_ticket
from leitstelle.tickets.choices import Audience, Channel, Direction, StatusType
from leitstelle.tickets.errors import NotMovable
from leitstelle.tickets.events import MessageMoved
from leitstelle.tickets.models import Message, Ticket


@unit()
def move_message(message: Message, target: Ticket, *, by: Viewer, now: datetime) -> Message:
    """Move what somebody sent to the ticket it belongs to, with its files. Agents of both tickets.

    Clocks and states of both stay as they are: people decide about those. Moving it back undoes it. Records
    `MessageMoved` on both. Raises `NotAllowed`; `NotMovable` for what the desk wrote, vendors' threads, the only
    message of a ticket, and tickets merged away.
    """
    source = message.ticket
    need_worker(by, source)
    need_worker(by, target)
    _check(message, target)
    moved = Message.objects.filter(pk=message.pk, ticket=source)
    # Somebody says where it belongs: it is no longer of a ticket that was merged into the one it leaves.
    if not moved.update(ticket=target, written_to=None, apart_of=None):
        raise NotMovable()
    message.ticket = target
    for ticket in (source, target):
        recount(ticket)
        data = MessageMoved(message_id=message.pk, before=source.pk, after=target.pk)
        record_on(ticket, data, by=by, at=now)
    return message


@unit()
def split_message(message: Message, *, by: Viewer, now: datetime) -> Ticket:
    """Make a ticket of its own of what somebody sent to this one, for whoever wrote it. Agents of the ticket.

    Records `TicketOpened` and, on the ticket it leaves, `MessageMoved`. Raises as `move_message`.
    """
    source = message.ticket
    need_worker(by, source)
    _check(message, None)
    new = NewTicket(
        subject=message.subject or source.subject,
        channel=Channel(message.channel),
        requester_id=message.author_id or source.requester_id,
        organisation_id=source.organisation_id,
        category_id=source.category_id,
        service_id=source.service_id,
        team_id=source.team_id,
        language=source.language,
        opened_at=message.at,
    )
    ticket = open_ticket(new, message, by=by, now=now)
    recount(source)
    data = MessageMoved(message_id=message.pk, before=source.pk, after=ticket.pk)
    record_on(source, data, by=by, at=now)
    return ticket


def _check(message: Message, target: Ticket | None) -> None:
    theirs = message.direction == Direction.INBOUND and message.audience in (
        Audience.PUBLIC,
        Audience.INTERNAL,
    )
    alone = not message.ticket.messages.exclude(pk=message.pk).exists()
    if not theirs or alone:
        raise NotMovable()
    if target is not None and (target.pk == message.ticket_id or target.status_type == StatusType.MERGED):
        raise NotMovable()
