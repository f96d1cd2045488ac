"""Calls that nobody makes: the requests a telephone system of each kind would send, for trying a desk out."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from leitstelle.intake.choices import PhoneStep, TelephonyKind
from leitstelle.intake.rules.telephony.proof import OWN, PLACETEL, signature_of

FORM = "application/x-www-form-urlencoded"
_PLACETEL = {
    PhoneStep.RINGING: "IncomingCall",
    PhoneStep.ANSWERED: "CallAccepted",
    PhoneStep.ENDED: "HungUp",
}
_OTHERS = {PhoneStep.RINGING: "newCall", PhoneStep.ANSWERED: "answer", PhoneStep.ENDED: "hangup"}


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """An incoming call: whether somebody answers it, and at whose telephone (`user` as the system names it)."""

    kind: str
    call_id: str
    caller: str
    called: str
    user: str
    is_answered: bool
    started: datetime


@dataclass(frozen=True)
class Sent:
    """A request ready to be sent; `token` belongs behind the address."""

    body: bytes
    headers: dict[str, str]
    token: str = ""


def steps_of(call: Simulated) -> list[PhoneStep]:
    """Return what happens to the call, in order; 3CX tells of no answering of its own."""
    answers = call.is_answered and call.kind != TelephonyKind.THREECX
    return [PhoneStep.RINGING, *([PhoneStep.ANSWERED] if answers else []), PhoneStep.ENDED]


def request_of(call: Simulated, step: PhoneStep, secret: str, now: datetime) -> Sent:
    """Return the request that tells of this step, proven by the secret as this kind of system does."""
    if call.kind == TelephonyKind.THREECX:
        body = json.dumps(_threecx(call, step, now)).encode()
        return Sent(body, {"Content-Type": "application/json"}, secret)
    body = urlencode(_told(call, step), doseq=True).encode()
    if call.kind == TelephonyKind.SIPGATE:
        return Sent(body, {"Content-Type": FORM}, secret)
    name = PLACETEL if call.kind == TelephonyKind.PLACETEL else OWN
    return Sent(body, {"Content-Type": FORM, name: signature_of(secret, body)})


def _told(call: Simulated, step: PhoneStep) -> dict[str, object]:
    sent: dict[str, object] = {"from": call.caller, "to": call.called, "direction": "in"}
    if call.kind == TelephonyKind.PLACETEL:
        sent |= {"event": _PLACETEL[step], "call_id": call.call_id}
        if step == PhoneStep.ANSWERED:
            sent["peer"] = call.user
        if step == PhoneStep.ENDED:
            sent["type"] = "accepted" if call.is_answered else "missed"
        return sent
    sent |= {"event": _OTHERS[step], "callId": call.call_id}
    if step == PhoneStep.RINGING:
        sent["userId[]"] = [call.user]
    elif step == PhoneStep.ANSWERED:
        sent["userId"] = call.user
    else:
        sent["cause"] = "normalClearing" if call.is_answered else "cancel"
    return sent


def _threecx(call: Simulated, step: PhoneStep, now: datetime) -> dict[str, str]:
    sent = {"Number": call.caller, "Agent": call.user}
    if step == PhoneStep.RINGING:
        return sent | {"CallDirection": "Inbound"}
    times = {"CallStartTimeUTC": call.started.isoformat(), "CallEndTimeUTC": now.isoformat()}
    return sent | times | {"CallType": "Inbound" if call.is_answered else "Missed"}
