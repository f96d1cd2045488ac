"""Answers sent later: seconds in which they can be undone, or a time somebody chose. Checked anew before they leave."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.kernel.errors import DomainError, InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.actions.answers import NewAnswer, send_answer
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.choices import (
    ENDED_TYPES,
    Audience,
    PlannedProblem,
    PlannedState,
    RecipientRole,
    StatusType,
)
from leitstelle.tickets.errors import AlreadySent, EmptyText, NoRecipient
from leitstelle.tickets.events import ReplyHeld, ReplyPlanned, ReplyWithdrawn
from leitstelle.tickets.models import Message, PlannedFile, PlannedReply, Ticket
from leitstelle.tickets.policies import can_work, can_write
from leitstelle.tickets.queries.composing import with_people
from leitstelle.tickets.rules.inputs import NewFile, NewRecipient

LONGEST_PLAN = timedelta(days=366)
OPEN = (PlannedState.WAITING, PlannedState.HELD)


def undo_time() -> timedelta:
    """How long an answer of the workspace can be undone; none: it is sent at once."""
    return timedelta(seconds=settings.UNDO_SECONDS)


@unit()
def plan_answer(
    ticket: Ticket, new: NewAnswer, *, by: Viewer, now: datetime, send_at: datetime | None = None
) -> PlannedReply:
    """Keep an answer until `send_at` (aware), without it for the time to undo. Agents who may write it now.

    Records `ReplyPlanned`. Raises `NotAllowed`, `EmptyText`, `NoRecipient`, and `InvalidInput` (field `send_at`)
    for a time that has passed or lies too far ahead.
    """
    if by.person_id is None or not can_work(by, ticket) or not can_write(by, ticket, _audience(new)):
        raise NotAllowed()
    if not new.text.strip() and not new.files and new.forwarded is None:
        raise EmptyText(fields={"body": EmptyText.default_message})
    if new.forwarded is not None and not new.recipients:
        raise NoRecipient(fields={"to": NoRecipient.default_message})
    if send_at is not None:
        _check_time(send_at, now)
    planned = PlannedReply.objects.create(
        ticket=ticket,
        author_id=by.person_id,
        text=new.text,
        subject=new.subject[:300],
        forwarded=new.forwarded,
        is_forward=new.forwarded is not None,
        recipients=[[one.role, one.email, one.name] for one in new.recipients],
        after=new.after,
        due_at=send_at or now + undo_time(),
        is_scheduled=send_at is not None,
        created_at=now,
    )
    PlannedFile.objects.bulk_create(
        PlannedFile(
            planned=planned,
            blob_id=file.blob_id,
            filename=file.filename[:255],
            content_type=file.content_type[:120],
            size=file.size,
        )
        for file in new.files
    )
    _record(planned, by, now)
    return planned


@unit()
def move_planned(planned: PlannedReply, send_at: datetime, *, by: Viewer, now: datetime) -> PlannedReply:
    """Send a planned answer at another time, `now` for at once; also one that was held. Agents of the ticket.

    Records `ReplyPlanned`. Raises `NotAllowed`, `AlreadySent`, `InvalidInput`.
    """
    if not can_work(by, planned.ticket):
        raise NotAllowed()
    if send_at != now:
        _check_time(send_at, now)
    waiting = PlannedReply.objects.filter(pk=planned.pk, state__in=OPEN)
    # Who sends it although something was said meanwhile has seen that.
    values = {"due_at": send_at, "is_scheduled": send_at != now, "problem": "", "created_at": now}
    if not waiting.update(state=PlannedState.WAITING, **values):
        raise AlreadySent()
    planned.refresh_from_db()
    _record(planned, by, now)
    return planned


@unit()
def withdraw_planned(planned: PlannedReply, *, by: Viewer, now: datetime) -> PlannedReply:
    """Do not send a planned answer; its words are kept for a day, to be changed. Agents of the ticket.

    Records `ReplyWithdrawn`. Raises `NotAllowed`, `AlreadySent`.
    """
    if not can_work(by, planned.ticket):
        raise NotAllowed()
    waiting = PlannedReply.objects.filter(pk=planned.pk, state__in=OPEN)
    if not waiting.update(state=PlannedState.WITHDRAWN, decided_at=now):
        raise AlreadySent()
    planned.refresh_from_db()
    record_on(planned.ticket, ReplyWithdrawn(planned_id=planned.pk), by=by, at=now)
    return planned


@unit()
def send_planned(planned: PlannedReply, *, now: datetime) -> Message | None:
    """Send a planned answer whose time has come, in its author's name; None where somebody else did or it may not.

    Whether they may still write it, and for a chosen time whether the requester has written since, is asked now:
    then it is held and shown. Records what `send_answer` records, or `ReplyHeld`.
    """
    due = PlannedReply.objects.filter(pk=planned.pk, state=PlannedState.WAITING, due_at__lte=now)
    if not due.update(state=PlannedState.SENT, decided_at=now):
        return None
    author = viewer_for(Person.objects.get(pk=planned.author_id), Hat.AGENT)
    problem = _objection(planned, author)
    if problem is None:
        try:
            message = _send(planned, author, now)
        except DomainError:
            problem = PlannedProblem.REFUSED
        else:
            PlannedReply.objects.filter(pk=planned.pk).update(text="", recipients=[], subject="")
            planned.files.all().delete()
            return message
    PlannedReply.objects.filter(pk=planned.pk).update(
        state=PlannedState.HELD, problem=problem, decided_at=None
    )
    record_on(planned.ticket, ReplyHeld(planned_id=planned.pk, problem=problem), by=Viewer.system(), at=now)
    return None


@unit()
def _send(planned: PlannedReply, author: Viewer, now: datetime) -> Message:
    """A unit of its own, so that a refusal half-way leaves nothing behind."""
    recipients = tuple(
        NewRecipient(role=RecipientRole(role), email=email, name=name)
        for role, email, name in planned.recipients
    )
    files = tuple(
        NewFile(blob_id=one.blob_id, filename=one.filename, content_type=one.content_type, size=one.size)
        for one in planned.files.order_by("pk")
    )
    new = NewAnswer(
        text=planned.text,
        recipients=with_people(recipients),
        files=files,
        subject=planned.subject,
        forwarded=planned.forwarded,
        after=planned.after,
    )
    if planned.is_forward and planned.forwarded is None:
        raise NoRecipient
    return send_answer(planned.ticket, new, by=author, now=now)


def _objection(planned: PlannedReply, author: Viewer) -> PlannedProblem | None:
    ticket = planned.ticket
    if ticket.status_type == StatusType.MERGED:
        return PlannedProblem.MERGED
    audience = Audience.INTERNAL if planned.is_forward else Audience.PUBLIC
    if not can_work(author, ticket) or not can_write(author, ticket, audience):
        return PlannedProblem.NO_RIGHT
    if not planned.is_scheduled:
        return None
    if ticket.status_type in ENDED_TYPES:
        return PlannedProblem.ENDED
    spoke = ticket.last_requester_message_at
    if not planned.is_forward and spoke is not None and spoke > planned.created_at:
        return PlannedProblem.ANSWERED
    return None


def _check_time(send_at: datetime, now: datetime) -> None:
    if not now < send_at <= now + LONGEST_PLAN:
        raise InvalidInput(fields={"send_at": _("Please choose a time within the next year.")})


def _audience(new: NewAnswer) -> Audience:
    return Audience.INTERNAL if new.forwarded is not None else Audience.PUBLIC


def _record(planned: PlannedReply, by: Viewer, now: datetime) -> None:
    data = ReplyPlanned(
        planned_id=planned.pk, due_at=planned.due_at.isoformat(), is_scheduled=planned.is_scheduled
    )
    record_on(planned.ticket, data, by=by, at=now)
