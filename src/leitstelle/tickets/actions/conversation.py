"""Adding messages: what people write, and what that does to the ticket."""

from dataclasses import replace
from datetime import datetime

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.actions.base import lock_present_state, record_on
from leitstelle.tickets.actions.messages import counts_as_response, note_on_ticket, store_message
from leitstelle.tickets.actions.status import follow_up_of_requester
from leitstelle.tickets.choices import Audience, Channel, Direction, StatusType, Talk
from leitstelle.tickets.errors import MergedAway
from leitstelle.tickets.events import MessageAdded
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import can_write
from leitstelle.tickets.queries.lookup import living
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient


@unit()
def add_message(ticket: Ticket, new: NewMessage, *, by: Viewer, now: datetime) -> Message:
    """Add a message to the conversation and let a requester's words continue or reopen the ticket.

    Who may: `can_write` for the audience. Records `MessageAdded`, perhaps `StatusChanged`. What somebody sends to a
    ticket that was merged goes on where that goes on, and comes back with it where the merge is undone.
    Raises `NotAllowed`; `MergedAway` for the desk's own words; `EmptyText` where there is neither text nor file.
    """
    if ticket.status_type == StatusType.MERGED and not by.is_agent:
        return _to_living(ticket, new, by=by, now=now)
    if not can_write(by, ticket, new.audience):
        raise NotAllowed()
    lock_present_state(ticket, now=now)
    if ticket.status_type == StatusType.MERGED:  # a moment ago
        return _to_living(ticket, new, by=by, now=now)
    return _add(ticket, new, by=by, now=now)


def _to_living(ticket: Ticket, new: NewMessage, *, by: Viewer, now: datetime) -> Message:
    """Who reads the alias may write to it; that they may not read the living one tells nobody else their words."""
    if new.direction != Direction.INBOUND:
        raise MergedAway()
    if not (by.is_system or can_write(by, ticket, new.audience)):
        raise NotAllowed()
    target = living(ticket)
    lock_present_state(target, now=now)
    doer = by if can_write(by, target, new.audience) else Viewer.system()
    return _add(target, replace(new, written_to=ticket.pk), by=doer, now=now)


def _add(ticket: Ticket, new: NewMessage, *, by: Viewer, now: datetime) -> Message:
    message = store_message(ticket, new, now=now)
    answered = counts_as_response(new, by)
    note_on_ticket(ticket, message, answered=answered, now=now)
    record_on(
        ticket,
        MessageAdded(
            message_id=message.pk,
            direction=message.direction,
            channel=message.channel,
            audience=message.audience,
            by_agent=message.author_is_agent,
            automatic_kind=message.automatic_kind,
            is_response=answered,
        ),
        by=by,
        at=message.at,
    )
    from_requester = new.direction == Direction.INBOUND and not new.author_is_agent and not new.automatic_kind
    if from_requester and new.audience == Audience.PUBLIC and not new.asks_nothing:
        follow_up_of_requester(ticket, message, by=by, now=now)
    return message


def reply(
    ticket: Ticket,
    text: str,
    *,
    recipients: tuple[NewRecipient, ...],
    by: Viewer,
    now: datetime,
    files: tuple[NewFile, ...] = (),
) -> Message:
    """Answer publicly: as agent to the requester, as requester to the desk.

    Records `MessageAdded`; mail goes out after the commit. Raises as `add_message`.
    """
    as_agent = by.hat is Hat.AGENT
    message = NewMessage(
        text=text,
        direction=Direction.OUTBOUND if as_agent else Direction.INBOUND,
        channel=Channel.MAIL if as_agent else Channel.PORTAL,
        audience=Audience.PUBLIC,
        author_id=by.person_id,
        author_is_agent=as_agent,
        recipients=recipients,
        files=files,
    )
    return add_message(ticket, message, by=by, now=now)


def write_note(
    ticket: Ticket, text: str, *, by: Viewer, now: datetime, files: tuple[NewFile, ...] = ()
) -> Message:
    """Add an internal note. Records `MessageAdded`; raises as `add_message`."""
    note = NewMessage(
        text=text,
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=Audience.INTERNAL,
        author_id=by.person_id,
        author_is_agent=True,
        files=files,
    )
    return add_message(ticket, note, by=by, now=now)


def note_call(
    ticket: Ticket,
    text: str,
    talk: Talk,
    *,
    by: Viewer,
    now: datetime,
    at: datetime | None = None,
    seconds: int | None = None,
    files: tuple[NewFile, ...] = (),
) -> Message:
    """Note a call or visit on a ticket; both have spoken, so it counts as an answer. Agents.

    `at` (aware, not after `now`) is when it began, `seconds` how long it took. Records `MessageAdded` at its true
    time; what the requester said continues or reopens the ticket. Raises as `add_message`.
    """
    calls_out = talk == Talk.OUTBOUND
    message = NewMessage(
        text=text,
        direction=Direction.OUTBOUND if calls_out else Direction.INBOUND,
        channel=Channel.WALK_IN if talk == Talk.WALK_IN else Channel.PHONE,
        audience=Audience.PUBLIC,
        author_id=by.person_id if calls_out else ticket.requester_id,
        author_is_agent=calls_out,
        at=at,
        talk_seconds=seconds,
        files=files,
    )
    return add_message(ticket, message, by=by, now=now)
