"""Moving a ticket through its life cycle: wait, continue, resolve, close, reopen.

Reasons and solutions that people type are messages; events name only codes and the message.
"""

from datetime import datetime
from typing import Any

from leitstelle.accounts.choices import LevelRight
from leitstelle.catalog.models import ResolutionCode
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.actions.base import change, need_right, need_worker, record_on
from leitstelle.tickets.actions.messages import store_reason
from leitstelle.tickets.choices import ClockEffect, StatusType, Verb
from leitstelle.tickets.errors import DateMissing, ReasonMissing
from leitstelle.tickets.events import StatusChanged
from leitstelle.tickets.labels import NOT_OF_THIS_LEVEL
from leitstelle.tickets.models import Message, Status, Ticket
from leitstelle.tickets.policies import can_confirm, may_solve
from leitstelle.tickets.queries import status_for
from leitstelle.tickets.rules.life_cycle import FollowUp, follow_up


@unit()
def wait_for(
    ticket: Ticket,
    status_key: str,
    *,
    reason: str,
    by: Viewer,
    now: datetime,
    until: datetime | None = None,
    question: Message | None = None,
    expected: int | None = None,
) -> Ticket:
    """Let the ticket wait for somebody (a `waiting` status). Agents. Records `StatusChanged`.

    `until` (aware) is an optional reminder; `question` the message that asks, which spares the reason.
    Raises `StepNotPossible`, `ReasonMissing`, `DateMissing` unless `until` lies after `now`, `TicketChanged`.
    """
    need_worker(by, ticket)
    status = status_for(ticket, Verb.WAIT, as_agent=True, wanted=status_key)
    if status.needs_reason and not reason.strip() and question is None:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    if until is not None and until <= now:
        raise DateMissing(fields={"until": DateMissing.default_message})
    return _move(
        ticket,
        status,
        Verb.WAIT,
        by=by,
        now=now,
        expected=expected,
        reason=reason,
        message_id=question.pk if question else None,
        wait_until=until,
    )


@unit()
def schedule_work(
    ticket: Ticket,
    *,
    until: datetime | None,
    reason: str,
    by: Viewer,
    now: datetime,
    expected: int | None = None,
) -> Ticket:
    """Put the ticket on a date; clocks pause until then. Agents. Records `StatusChanged`.

    Raises `DateMissing` unless `until` (aware) lies after `now`; `StepNotPossible`, `TicketChanged`.
    """
    need_worker(by, ticket)
    if until is None or until <= now:
        raise DateMissing(fields={"until": DateMissing.default_message})
    status = status_for(ticket, Verb.SCHEDULE, as_agent=True)
    return _move(
        ticket, status, Verb.SCHEDULE, by=by, now=now, expected=expected, reason=reason, wait_until=until
    )


@unit()
def continue_work(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Go on working after waiting. Agents. Records `StatusChanged`; raises `StepNotPossible`."""
    need_worker(by, ticket)
    status = status_for(ticket, Verb.CONTINUE, as_agent=True)
    return _move(ticket, status, Verb.CONTINUE, by=by, now=now, expected=expected)


@unit()
def resolve_ticket(
    ticket: Ticket,
    *,
    code: str,
    by: Viewer,
    now: datetime,
    solution: Message | None = None,
    expected: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Mark the ticket solved with a resolution code. Agents. Records `StatusChanged`.

    `solution` is the message that told the requester; `at` (aware, not after `now`) when it was solved, where
    that is entered later. Raises `InvalidInput` for an unknown code,
    `StepNotPossible`, `TicketChanged`.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.RESOLVE)
    if not may_solve(by, ticket.category_id):
        raise NotAllowed(message=NOT_OF_THIS_LEVEL)
    if not ResolutionCode.objects.filter(pk=code, is_active=True).exists():
        raise InvalidInput(fields={"code": InvalidInput.default_message})
    status = status_for(ticket, Verb.RESOLVE, as_agent=True)
    return _move(
        ticket,
        status,
        Verb.RESOLVE,
        by=by,
        now=now,
        expected=expected,
        message_id=solution.pk if solution else None,
        resolution_code_id=code,
        resolved_at=at or now,
        at=at,
    )


@unit()
def confirm_solution(ticket: Ticket, *, by: Viewer, now: datetime) -> Ticket:
    """The requester says it works: the ticket closes. Records `StatusChanged`; raises `StepNotPossible`."""
    if not can_confirm(by, ticket):
        raise NotAllowed()
    status = status_for(ticket, Verb.CONFIRM, as_agent=by.hat is Hat.AGENT)
    return _move(ticket, status, Verb.CONFIRM, by=by, now=now, closed_at=now)


@unit()
def close_ticket(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Close a resolved ticket. Agents and the nightly task. Records `StatusChanged`; raises `StepNotPossible`."""
    need_worker(by, ticket)
    need_right(by, LevelRight.CLOSE)
    status = status_for(ticket, Verb.CLOSE, as_agent=True)
    return _move(ticket, status, Verb.CLOSE, by=by, now=now, expected=expected, closed_at=now)


@unit()
def reject_ticket(
    ticket: Ticket, *, reason: str, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """End a ticket that is none (spam, sent to the wrong place). Agents. Records `StatusChanged`.

    Raises `ReasonMissing`, `StepNotPossible`, `TicketChanged`.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.REJECT)
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    status = status_for(ticket, Verb.REJECT, as_agent=True)
    return _move(ticket, status, Verb.REJECT, by=by, now=now, expected=expected, reason=reason, closed_at=now)


@unit()
def reopen_ticket(
    ticket: Ticket,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
    message: Message | None = None,
    expected: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Take a resolved or closed ticket up again. Requesters and agents. Records `StatusChanged`.

    Agents give a `reason`; a requester's words, also noted by an agent, are the `message`. `at` (aware, not after
    `now`): since when it should have been open. Raises `ReasonMissing`, `StepNotPossible`, `TicketChanged`.
    """
    if not can_confirm(by, ticket):
        raise NotAllowed()
    as_agent = by.hat is Hat.AGENT
    if as_agent and message is None:
        need_right(by, LevelRight.REOPEN)
    if as_agent and not by.is_system and not reason.strip() and message is None:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    status = status_for(ticket, Verb.REOPEN, as_agent=as_agent)
    return _move(
        ticket,
        status,
        Verb.REOPEN,
        by=by,
        now=now,
        expected=expected,
        reason=reason,
        message_id=message.pk if message else None,
        resolved_at=None,
        closed_at=None,
        resolution_code_id=None,
        reopen_count=ticket.reopen_count + 1,
        at=at,
    )


def follow_up_of_requester(ticket: Ticket, message: Message, *, by: Viewer, now: datetime) -> FollowUp:
    """Do to the ticket what a requester's new `message` means; the caller has stored it.

    A ticket closed too long ago stays as it is: the door decides about a new one beforehand.
    """
    meaning = follow_up_for(ticket, now)
    if meaning is FollowUp.CONTINUE:
        _move(ticket, status_for(ticket, Verb.CONTINUE, as_agent=True), Verb.CONTINUE, by=by, now=now)
    elif meaning is FollowUp.REOPEN:
        reopen_ticket(ticket, by=by, now=now, message=message)
    return meaning


def follow_up_for(ticket: Ticket, now: datetime) -> FollowUp:
    """Say what a requester's message would do to this ticket at `now` (aware)."""
    waits = ticket.status.type == StatusType.WAITING and ticket.status.resolution_clock == ClockEffect.PAUSE
    return follow_up(ticket.status_type, waits, ticket.closed_at, now)


def start_work(ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """Move a new ticket to "in progress" when somebody takes it; any other stays as it is."""
    if ticket.status_type != StatusType.NEW:
        return
    _move(ticket, status_for(ticket, Verb.START, as_agent=True), Verb.START, by=by, now=now)


def _move(
    ticket: Ticket,
    status: Status,
    verb: Verb,
    *,
    by: Viewer,
    now: datetime,
    expected: int | None = None,
    reason: str = "",
    message_id: int | None = None,
    wait_until: datetime | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Ticket:
    before, before_type = str(ticket.status_id), ticket.status_type
    note = store_reason(ticket, reason, by=by, now=now)
    if note is not None and message_id is None:
        message_id = note.pk
    change(
        ticket,
        "status",
        expected,
        now=now,
        status_id=status.pk,
        status_type=status.type,
        status_reason=reason.strip()[:300],
        wait_until=wait_until,
        **values,
    )
    ticket.status = status
    record_on(
        ticket,
        StatusChanged(
            verb=verb,
            before=before,
            after=str(status.pk),
            before_type=before_type,
            after_type=status.type,
            response_clock=status.response_clock,
            resolution_clock=status.resolution_clock,
            wait_until=wait_until.isoformat() if wait_until else None,
            resolution_code=values.get("resolution_code_id"),
            message_id=message_id,
        ),
        by=by,
        at=at or now,
    )
    return ticket
