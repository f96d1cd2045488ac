"""Replies that only thank, or ask to close: kept as messages, acted on where they are sure, undone in one click."""

from dataclasses import replace
from datetime import datetime

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import NewFile, NewMessage, add_message, reopen_ticket, resolve_ticket
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.actions.status import follow_up_for
from leitstelle.tickets.choices import (
    ENDED_TYPES,
    ONGOING_TYPES,
    Audience,
    Channel,
    Direction,
    StatusType,
    Verb,
)
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.queries import possible_steps
from leitstelle.tickets.rules.life_cycle import FollowUp
from leitstelle.triage.actions.answering import settle
from leitstelle.triage.choices import Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.events import ReplyUnderstood
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import can_answer
from leitstelle.triage.queries.replies import names_on
from leitstelle.triage.rules.replies import SURE, Meaning, Reading, read_reply

# Larger pictures inside a mail are shown to somebody; smaller ones are logos.
_LOGO_BYTES = 40_000
CLOSED_BY_REQUESTER = "by_itself"


@unit()
def add_reply(ticket: Ticket, new: NewMessage, *, by: Viewer, now: datetime) -> Message:
    """Add what somebody answered; thanks do not reopen the ticket, and a wish to close it is proposed or followed.

    Who may: as `add_message`, whose events and errors it has. Records `ReplyUnderstood` where it understood one. The
    wish of the requester is followed where nobody has begun to work on the ticket.
    """
    reading = understood(ticket, new)
    if reading is None:
        return add_message(ticket, new, by=by, now=now)
    ends = follow_up_for(ticket, new.at or now) in (FollowUp.REOPEN, FollowUp.NEW_TICKET)
    message = add_message(ticket, replace(new, asks_nothing=ends), by=by, now=now)
    if ends:
        _keep(ticket, message, Matter.THANKS, reading, ProposalState.DECIDED, by=by, now=now)
    elif reading.meaning is Meaning.CLOSE and new.author_id == ticket.requester_id is not None:
        _close(ticket, message, reading, by=by, now=now)
    return message


def answer_from_portal(
    ticket: Ticket, text: str, *, by: Viewer, now: datetime, files: tuple[NewFile, ...] = ()
) -> Message:
    """Answer as requester in the portal; see `add_reply`."""
    message = NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=Channel.PORTAL,
        audience=Audience.PUBLIC,
        author_id=by.person_id,
        files=files,
    )
    return add_reply(ticket, message, by=by, now=now)


def understood(ticket: Ticket, new: NewMessage) -> Reading | None:
    """Return what a public reply from outside means where it is sure to be thanks or a wish to close."""
    from_outside = new.direction == Direction.INBOUND and not new.author_is_agent and not new.automatic_kind
    if not from_outside or new.audience != Audience.PUBLIC:
        return None
    shows_something = any(not file.is_inline or file.size > _LOGO_BYTES for file in new.files)
    reading = read_reply(new.text, has_files=shows_something, names=(*names_on(ticket), new.from_name))
    return reading if reading.meaning is not Meaning.OTHER and reading.confidence >= SURE else None


@unit()
def undo_reply(proposal: Proposal, *, by: Viewer, now: datetime) -> Ticket:
    """Say that a reply was more than thanks: the ticket is open again, as of then. Whoever works on the ticket.

    Records `ProposalSettled` and `StatusChanged`. Raises `NotAllowed`, `AlreadyAnswered`, `StepNotPossible`.
    """
    if not can_answer(by, proposal):
        raise NotAllowed()
    message, ticket = proposal.message, proposal.ticket
    if proposal.state != ProposalState.DECIDED or message is None:
        raise AlreadyAnswered()
    settle(proposal, ProposalState.UNDONE, chosen="", by=by, now=now)
    if ticket.status_type in (StatusType.RESOLVED, *ENDED_TYPES):
        reopen_ticket(ticket, by=by, now=now, message=message, at=message.at)
    return ticket


@unit()
def follow_wish_to_close(proposal: Proposal, *, by: Viewer, now: datetime) -> Ticket:
    """Resolve a ticket as its requester wishes. Whoever works on the ticket.

    Records `ProposalSettled` and `StatusChanged`. Raises `NotAllowed`, `AlreadyAnswered`, `StepNotPossible`.
    """
    if not can_answer(by, proposal):
        raise NotAllowed()
    if proposal.state != ProposalState.SUGGESTED or proposal.matter != Matter.CLOSE:
        raise AlreadyAnswered()
    settle(proposal, ProposalState.ACCEPTED, chosen=Meaning.CLOSE, by=by, now=now)
    return resolve_ticket(
        proposal.ticket, code=CLOSED_BY_REQUESTER, by=by, now=now, solution=proposal.message
    )


def _close(ticket: Ticket, message: Message, reading: Reading, *, by: Viewer, now: datetime) -> None:
    if ticket.status_type not in ONGOING_TYPES:
        return
    untouched = ticket.status_type == StatusType.NEW and ticket.assignee_id is None
    possible = any(step.verb == Verb.RESOLVE for step in possible_steps(ticket, as_agent=True))
    if untouched and possible:
        _keep(ticket, message, Matter.CLOSE, reading, ProposalState.DECIDED, by=by, now=now)
        system = Viewer.system()
        resolve_ticket(ticket, code=CLOSED_BY_REQUESTER, by=system, now=now, solution=message)
    else:
        _keep(ticket, message, Matter.CLOSE, reading, ProposalState.SUGGESTED, by=by, now=now)


def _keep(
    ticket: Ticket,
    message: Message,
    matter: Matter,
    reading: Reading,
    state: ProposalState,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    Proposal.objects.create(
        ticket=ticket,
        message=message,
        matter=matter,
        state=state,
        options=[[reading.meaning.value, reading.confidence]],
        evidence=[[cue, 1.0] for cue in reading.cues],
        was_decided=state == ProposalState.DECIDED,
        created_at=now,
    )
    data = ReplyUnderstood(
        message_id=message.pk,
        matter=matter,
        confidence=reading.confidence,
        followed=state == ProposalState.DECIDED,
    )
    record_on(ticket, data, by=Viewer.system(), at=now)
