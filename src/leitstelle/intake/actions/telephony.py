"""Taking what telephone systems tell: kept raw first, understood once, and applied to the call in any order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction

from leitstelle.accounts.queries import find_by_phone
from leitstelle.accounts.queries.callers import dial_countries
from leitstelle.intake.choices import PhoneStep, TelephonyEventState, TelephonyReason
from leitstelle.intake.events import CallAnswered, CallEnded, CallJoined, CallRang
from leitstelle.intake.models import (
    PhoneCall,
    PhoneCallPerson,
    PhoneRinging,
    TelephonyEvent,
    TelephonyLine,
    TelephonySource,
)
from leitstelle.intake.queries.telephony import Reached, reached, unfinished_call
from leitstelle.intake.rules.telephony.calls import dialled_number, is_internal, outcome_of
from leitstelle.intake.rules.telephony.fields import Unreadable, fields_of
from leitstelle.intake.rules.telephony.forms import CallEvent, NotUnderstood, call_event
from leitstelle.kernel.db import insert_ignore, retry_transient
from leitstelle.kernel.events import Actor, EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Message

ACTOR = Actor.system("telephony")
CANDIDATES = 8
# How far apart a report without an id and the ringing before it may lie.
SAME_CALL = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came over the wire, already measured."""

    method: str
    content_type: str
    query: str
    body: bytes


@retry_transient
def keep_request(
    source: TelephonySource, request: Request, *, state: TelephonyEventState, reason: str = "", now: datetime
) -> TelephonyEvent:
    """Store a request as it came, before anybody tries to understand it. When this returns, it is durable."""
    return TelephonyEvent.objects.create(
        source=source,
        key=uuid4().hex,
        received_at=now,
        method=request.method[:8],
        content_type=request.content_type[:120],
        query=request.query,
        body=request.body,
        state=state,
        reason=reason,
    )


@retry_transient
@unit()
def apply_request(kept: TelephonyEvent, source: TelephonySource) -> TelephonyEvent:
    """Understand a kept request and bring its call up to date; once, whoever tries.

    Records `CallRang`, `CallAnswered` and `CallEnded` as far as they are new. What cannot be understood, repeats, or
    is nothing for the log is noted at the request with its reason.
    """
    # Whoever moves it off "kept" works on it; a second one waits here and finds it done.
    rows = TelephonyEvent.objects.filter(pk=kept.pk, state=TelephonyEventState.KEPT)
    if not rows.update(state=TelephonyEventState.APPLIED):
        kept.refresh_from_db()
        return kept
    try:
        event = call_event(source.kind, fields_of(kept.content_type, bytes(kept.body), kept.query))
    except Unreadable:
        return _note(kept, TelephonyEventState.MALFORMED, TelephonyReason.UNREADABLE)
    except NotUnderstood as error:
        other = error.reason == TelephonyReason.OTHER_EVENT
        state = TelephonyEventState.IGNORED if other else TelephonyEventState.MALFORMED
        return _note(kept, state, error.reason)
    if event.call_id and not _first_of_its_kind(kept, event):
        return _note(kept, TelephonyEventState.REPEATED)
    return _apply(kept, source, event)


def _note(kept: TelephonyEvent, state: TelephonyEventState, reason: str = "") -> TelephonyEvent:
    kept.state, kept.reason = state, reason
    kept.save(update_fields=["state", "reason"])
    return kept


def _first_of_its_kind(kept: TelephonyEvent, event: CallEvent) -> bool:
    """Give the request the key of its event; the unique constraint says whether another one has it."""
    try:
        with transaction.atomic():
            TelephonyEvent.objects.filter(pk=kept.pk).update(key=event.key)
    except IntegrityError:
        return False
    kept.key = event.key
    return True


def _apply(kept: TelephonyEvent, source: TelephonySource, event: CallEvent) -> TelephonyEvent:
    country = dial_countries()[0]
    lines = list(TelephonyLine.objects.filter(source=source))
    if is_internal(event.remote, frozenset(line.key for line in lines), country):
        return _note(kept, TelephonyEventState.IGNORED, TelephonyReason.INTERNAL)
    told = _Told(event, kept.received_at, dialled_number(event.remote, country))
    found = reached(source, lines, users=event.users, own=event.own, country=country)
    call, is_new = _call_of(source, told, found)
    if is_new:
        _find_candidates(call)
    rang = _ring(call, told, found)
    _bring_up_to_date(call, told, found, is_new=is_new, rang=rang)
    kept.call, kept.state = call, TelephonyEventState.APPLIED
    kept.reason = "" if found.is_mapped else TelephonyReason.NO_LINE
    kept.save(update_fields=["call", "state", "reason"])
    return kept


@dataclass(frozen=True)
class _Told:
    """An event with its arrival and the other side's number in E.164 form."""

    event: CallEvent
    received_at: datetime
    number: str

    @property
    def begin(self) -> datetime:
        """When the call began, as far as this event tells; nothing lies ahead of its arrival."""
        return min(self.event.started or self.received_at, self.received_at)


def _call_of(source: TelephonySource, told: _Told, found: Reached) -> tuple[PhoneCall, bool]:
    event = told.event
    if not event.call_id or event.call_id.startswith("derived-"):
        near = unfinished_call(
            source, direction=event.direction, number_sent=event.remote[:80], at=told.begin, within=SAME_CALL
        )
        if near is not None:
            return near, False
    row = {
        "source_id": source.pk,
        "external_id": event.call_id or f"ringing-{uuid4().hex}",
        "direction": event.direction,
        "number": told.number,
        "number_sent": event.remote[:80],
        "own_number": event.own[:80],
        "team_id": found.team_id,
        "started_at": told.begin,
        "cause": "",
        "outcome": "",
    }
    is_new = insert_ignore(PhoneCall, row)
    return PhoneCall.objects.get(source=source, external_id=row["external_id"]), is_new


def _find_candidates(call: PhoneCall) -> None:
    """Who may be on the other side; a single one is taken to be it."""
    people = find_by_phone(call.number)[:CANDIDATES] if call.number else []
    for person in people:
        insert_ignore(PhoneCallPerson, {"call_id": call.pk, "person_id": person.pk})
    if len(people) == 1:
        call.person = people[0]
        call.save(update_fields=["person"])


def _ring(call: PhoneCall, told: _Told, found: Reached) -> bool:
    """Note whose telephones ring; returns whether that is news."""
    if told.event.step != PhoneStep.RINGING:
        return False
    rows = [insert_ignore(PhoneRinging, {"call_id": call.pk, "person_id": pk}) for pk in found.people]
    return any(rows)


def _bring_up_to_date(call: PhoneCall, told: _Told, found: Reached, *, is_new: bool, rang: bool) -> None:
    """Write what the event adds, then judge by what all events have written so far: the order does not matter."""
    event, rows = told.event, PhoneCall.objects.filter(pk=call.pk)
    rows.filter(started_at__gt=told.begin).update(started_at=told.begin)
    answered = event.answered or (told.received_at if event.step == PhoneStep.ANSWERED else None)
    is_answer = bool(answered) and bool(rows.filter(answered_at__isnull=True).update(answered_at=answered))
    if answered is not None or event.direction == "out":
        rows.filter(agent__isnull=True).update(agent_id=found.agent_id)
    if event.step == PhoneStep.ENDED:
        ended = event.ended or told.received_at
        rows.filter(ended_at__isnull=True).update(ended_at=ended, cause=event.cause[:40])
    call.refresh_from_db()
    outcome = outcome_of(call.direction, call.cause, answered_at=call.answered_at, ended_at=call.ended_at)
    is_ended = outcome is not None and bool(rows.exclude(outcome=outcome).update(outcome=outcome))
    call.outcome = outcome or ""
    at, people = told.received_at, _people_at(call)
    if (is_new or rang) and call.ended_at is None:
        _record(call, CallRang(direction=call.direction, agents=people), at)
    if is_answer and call.ended_at is None:
        _record(call, CallAnswered(agent_id=call.agent_id, agents=people), at)
    if is_ended:
        _record(call, CallEnded(outcome=call.outcome, agents=people), at)


def _people_at(call: PhoneCall) -> tuple[int, ...]:
    """Everybody at whose pages the call stands."""
    rang = PhoneRinging.objects.filter(call=call).values_list("person_id", flat=True)
    return tuple(sorted({*rang, *([call.agent_id] if call.agent_id else [])}))


def _record(call: PhoneCall, data: EventData, at: datetime) -> None:
    record(data, subject=Subject("phone_call", call.pk), actor=ACTOR, at=at)


@unit()
def join_call(call: PhoneCall, message: Message, *, by: Viewer, now: datetime) -> None:
    """Let a call belong to a message of a ticket, and name who was on the other side where the ticket knows it.

    Whoever writes the message decides; the call was found for them. Records `CallJoined`, once per message.
    """
    if PhoneCall.objects.filter(pk=call.pk).exclude(message=message).update(message=message):
        call.message = message
        author = message.author_id if not message.author_is_agent else None
        if author is not None:
            PhoneCall.objects.filter(pk=call.pk, person__isnull=True).update(person_id=author)
        data = CallJoined(ticket_id=message.ticket_id, agents=_people_at(call))
        record(data, subject=Subject("phone_call", call.pk), actor=by.actor, at=now)
