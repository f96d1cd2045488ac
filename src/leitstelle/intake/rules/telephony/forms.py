"""What the telephone systems write, read into one event.

Forms as published: sipgate.io "Push API, API reference" (github.com/sipgate/sipgate.io, developer.sipgate.io/push-api),
Placetel "Call Control-/Notify-API" (github.com/Placetel/call-control-notify-api), 3CX "CRM Template XML Description"
(www.3cx.com/docs/crm-template-xml-description: scenarios for contacts and `ReportCall`). The generic form takes the
names of sipgate.io, which the CTI interfaces of other desks use as well.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from leitstelle.intake.choices import PhoneDirection, PhoneStep, TelephonyKind, TelephonyReason
from leitstelle.intake.rules.telephony.fields import Fields, first

MOST_USERS = 20
ID_LENGTH = 120


class NotUnderstood(ValueError):
    """A request that tells nothing of a call; `reason` says what is missing."""

    def __init__(self, reason: TelephonyReason) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class CallEvent:
    """What happened to a call. `remote` and `own` are numbers as sent; `users` whose telephones, as sent.

    `call_id` is empty where the system knows none. Moments are aware, `None` where only the arrival is known.
    """

    step: PhoneStep
    call_id: str
    direction: PhoneDirection
    remote: str
    own: str = ""
    users: tuple[str, ...] = ()
    cause: str = ""
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None

    @property
    def key(self) -> str:
        """What makes the event the same as one before: call, step, and at whose telephones it rings."""
        whose = "|".join(sorted(self.users)) if self.step == PhoneStep.RINGING else ""
        parts = (self.call_id, self.step, whose)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


STEPS = {
    "newcall": PhoneStep.RINGING,
    "ringing": PhoneStep.RINGING,
    "incomingcall": PhoneStep.RINGING,
    "outgoingcall": PhoneStep.RINGING,
    "answer": PhoneStep.ANSWERED,
    "answered": PhoneStep.ANSWERED,
    "callaccepted": PhoneStep.ANSWERED,
    "hangup": PhoneStep.ENDED,
    "hungup": PhoneStep.ENDED,
    "ended": PhoneStep.ENDED,
}
# Documented, and nothing for a log of calls: digits pressed.
OTHER = ("dtmf",)
DIRECTIONS = {
    "in": PhoneDirection.IN,
    "inbound": PhoneDirection.IN,
    "incoming": PhoneDirection.IN,
    "missed": PhoneDirection.IN,
    "out": PhoneDirection.OUT,
    "outbound": PhoneDirection.OUT,
    "outgoing": PhoneDirection.OUT,
    "notanswered": PhoneDirection.OUT,
}


def call_event(kind: str, fields: Fields) -> CallEvent:
    """Read a request of a source of this kind. Raises `NotUnderstood`."""
    return _threecx(fields) if kind == TelephonyKind.THREECX else _told(kind, fields)


def _told(kind: str, fields: Fields) -> CallEvent:
    """sipgate.io, Placetel and the generic form: one request for each step."""
    event = first(fields, "event").casefold()
    if event in OTHER:
        raise NotUnderstood(TelephonyReason.OTHER_EVENT)
    step = STEPS.get(event)
    if step is None:
        raise NotUnderstood(TelephonyReason.NO_EVENT)
    call_id = first(fields, "origcallid", "callid") if kind == TelephonyKind.SIPGATE else ""
    call_id = call_id or first(fields, "callid")
    if not call_id or len(call_id) > ID_LENGTH:
        raise NotUnderstood(TelephonyReason.NO_CALL_ID)
    direction = _direction(first(fields, "direction"), event)
    caller, called = first(fields, "from"), first(fields, "to")
    remote, own = (caller, called) if direction == PhoneDirection.IN else (called, caller)
    if not own and not remote:
        raise NotUnderstood(TelephonyReason.NO_NUMBER)
    at = moment(first(fields, "at", "time", "timestamp"))
    return CallEvent(
        step=step,
        call_id=call_id,
        direction=direction,
        remote=remote,
        own=own,
        users=_users(fields),
        cause=first(fields, "cause", "type").casefold() if step == PhoneStep.ENDED else "",
        started=at if step == PhoneStep.RINGING else None,
        answered=at if step == PhoneStep.ANSWERED else None,
        ended=at if step == PhoneStep.ENDED else None,
    )


def _direction(told: str, event: str) -> PhoneDirection:
    """What the request says; Placetel's older form says it by the event alone."""
    known = DIRECTIONS.get(told.casefold())
    if known is None and not told:
        known = {"incomingcall": PhoneDirection.IN, "outgoingcall": PhoneDirection.OUT}.get(event)
        known = known or (PhoneDirection.IN if event in ("callaccepted", "hungup") else None)
    if known is None:
        raise NotUnderstood(TelephonyReason.NO_DIRECTION)
    return known


def _users(fields: Fields) -> tuple[str, ...]:
    names = ("userid", "fulluserid", "user", "peer", "extension", "agent", "agentemail", "answeringnumber")
    found = [value for name in names for value in fields.get(name, ()) if value]
    return tuple(dict.fromkeys(found))[:MOST_USERS]


def _threecx(fields: Fields) -> CallEvent:
    """3CX asks who calls while it rings, and reports the whole call when it is over; neither names the call."""
    number = first(fields, "number", "from")
    if not number:
        raise NotUnderstood(TelephonyReason.NO_NUMBER)
    call_type = first(fields, "calltype")
    direction = _direction(call_type or first(fields, "calldirection", "direction") or "in", "")
    users = _users(fields)
    started = moment(first(fields, "callstarttimeutc", "starttime", "startedat"))
    if not call_type:
        return CallEvent(
            step=PhoneStep.RINGING,
            call_id="",
            direction=direction,
            remote=number,
            users=users,
            started=started,
        )
    answered = moment(first(fields, "callestablishedtimeutc", "establishedtime", "answeredat"))
    ended = moment(first(fields, "callendtimeutc", "endtime", "endedat"))
    lost = call_type.casefold() in ("missed", "notanswered")
    if started is not None and ended is None:
        ended = started + seconds_of(first(fields, "duration"))
    return CallEvent(
        step=PhoneStep.ENDED,
        call_id=_derived(
            number, direction, users, first(fields, "callstarttimeutc", "starttime", "startedat")
        ),
        direction=direction,
        remote=number,
        users=users,
        cause="missed" if lost else "accepted",
        started=started,
        answered=None if lost else answered or started,
        ended=ended,
    )


def _derived(number: str, direction: str, users: tuple[str, ...], started: str) -> str:
    """An id made of what tells calls apart, for a system that tells none: the same report again is the same call."""
    if not started:
        raise NotUnderstood(TelephonyReason.NO_CALL_ID)
    text = "\x1f".join((number, direction, *users, started))
    return "derived-" + hashlib.sha256(text.encode()).hexdigest()[:40]


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time; one without a zone is UTC. `None` for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def seconds_of(text: str) -> timedelta:
    """Read a duration: seconds, or `hh:mm:ss`. Nothing for anything else."""
    parts = text.split(":")
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts) or len(parts) > 3:
        return timedelta(0)
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return timedelta(seconds=total)
