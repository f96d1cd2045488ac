"""Telephony without a database: the published forms, signatures, numbers, and outcomes in any order."""

import contextlib
import itertools
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.intake.choices import PhoneDirection, PhoneOutcome, PhoneStep, TelephonyKind, TelephonyReason
from leitstelle.intake.rules.telephony.calls import (
    dialled_number,
    is_internal,
    is_withheld,
    line_key,
    outcome_of,
)
from leitstelle.intake.rules.telephony.fields import Unreadable, fields_of, first
from leitstelle.intake.rules.telephony.forms import CallEvent, NotUnderstood, call_event, moment, seconds_of
from leitstelle.intake.rules.telephony.proof import is_proven, signature_of

FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
# As in sipgate's reference: the new call of a group, the answer of one of them, and its end.
SIPGATE_NEW = (
    "event=newCall&from=492111234567&to=4915791234567&direction=in&callId=123456&user[]=Alice&user[]=Bob"
    "&userId[]=w0&userId[]=w1&fullUserId[]=1234567w0&fullUserId[]=1234567w1"
)
SIPGATE_ANSWER = (
    "event=answer&callId=123456&user=John+Doe&userId=w0&fullUserId=1234567w0&from=492111234567&to=4915791234567"
    "&direction=in&answeringNumber=21199999999"
)
SIPGATE_HANGUP = (
    "event=hangup&cause=normalClearing&callId=123456&from=492111234567&to=4915791234567&direction=in"
    "&answeringNumber=4921199999999"
)
# As in Placetel's description, the signature with its secret 12345 among it.
PLACETEL_ID = "f4591ba315d81671d7a06c2a3b4f963dafd119de39cb26edd8a6476676b2f447"
PLACETEL_SIGNED = (
    "call_id=4a4cbb39578170aed9a2761a7bec8c7e704a541f52291ef603d6f5f152980c3c&event=CallAccepted&from=0123456789"
    "&to=0987654321"
)
PLACETEL_SIGNATURE = "c4f823c5b8806432fe2b83b1fc2ee714422e0cdfb4b5129152a7d0bbcd7792d0"


def read(kind: str, body: str, content_type: str = FORM) -> CallEvent:
    return call_event(kind, fields_of(content_type, body.encode(), ""))


def test_sipgate_new_call_names_everybody_it_rings_at() -> None:
    event = read(TelephonyKind.SIPGATE, SIPGATE_NEW)
    assert (event.step, event.call_id, event.direction) == (PhoneStep.RINGING, "123456", PhoneDirection.IN)
    assert (event.remote, event.own) == ("492111234567", "4915791234567")
    assert {"w0", "w1", "1234567w0", "Alice", "Bob"} <= set(event.users)


def test_sipgate_answer_and_hangup() -> None:
    answer, hangup = read(TelephonyKind.SIPGATE, SIPGATE_ANSWER), read(TelephonyKind.SIPGATE, SIPGATE_HANGUP)
    assert (answer.step, answer.users[0]) == (PhoneStep.ANSWERED, "w0")
    assert (hangup.step, hangup.cause) == (PhoneStep.ENDED, "normalclearing")
    assert len({answer.key, hangup.key, read(TelephonyKind.SIPGATE, SIPGATE_NEW).key}) == 3


def test_sipgate_diverted_outgoing_and_digits() -> None:
    diverted = read(TelephonyKind.SIPGATE, SIPGATE_NEW + "&diversion=4930123&xcid=1&origCallId=999")
    assert diverted.call_id == "999"
    out = read(TelephonyKind.SIPGATE, SIPGATE_NEW.replace("direction=in", "direction=out"))
    assert (out.direction, out.remote) == (PhoneDirection.OUT, "4915791234567")
    with pytest.raises(NotUnderstood) as digits:
        read(TelephonyKind.SIPGATE, "event=dtmf&dtmf=1&callId=123456")
    assert digits.value.reason == TelephonyReason.OTHER_EVENT


@pytest.mark.parametrize(
    ("name", "more", "step", "direction"),
    [
        ("IncomingCall", {"direction": "in"}, PhoneStep.RINGING, PhoneDirection.IN),
        ("IncomingCall", {}, PhoneStep.RINGING, PhoneDirection.IN),
        (
            "OutgoingCall",
            {"direction": "out", "peer": "7777a@fpbx.de"},
            PhoneStep.RINGING,
            PhoneDirection.OUT,
        ),
        ("CallAccepted", {"direction": "in", "peer": "7777a@fpbx.de"}, PhoneStep.ANSWERED, PhoneDirection.IN),
        (
            "HungUp",
            {"direction": "in", "type": "missed", "duration": "0"},
            PhoneStep.ENDED,
            PhoneDirection.IN,
        ),
    ],
)
def test_placetel(name: str, more: dict[str, str], step: str, direction: str) -> None:
    sent = {"event": name, "from": "022129191999", "to": "022129191998", "call_id": PLACETEL_ID, **more}
    event = read(TelephonyKind.PLACETEL, urlencode(sent))
    assert (event.step, event.direction, event.call_id) == (step, direction, PLACETEL_ID)
    assert event.cause == more.get("type", "")
    assert event.users == ((more["peer"],) if "peer" in more else ())


def test_placetels_own_example_of_a_signature() -> None:
    body = PLACETEL_SIGNED.encode()
    assert signature_of("12345", body) == PLACETEL_SIGNATURE
    headers = {"x-placetel-signature": PLACETEL_SIGNATURE}
    assert is_proven(TelephonyKind.PLACETEL, "12345", body, headers, "")
    assert not is_proven(TelephonyKind.PLACETEL, "12345", body + b"&x=1", headers, "")
    assert not is_proven(TelephonyKind.PLACETEL, "12345", body, {}, "12345")
    assert not is_proven(
        TelephonyKind.PLACETEL, "", body, {"x-placetel-signature": signature_of("", body)}, ""
    )


def test_the_other_kinds_take_a_header_a_signature_or_the_address() -> None:
    kind, body = TelephonyKind.GENERIC, b"{}"
    basic = "Basic bGVpdHN0ZWxsZTpzZWNyZXQ="  # leitstelle:secret
    assert is_proven(kind, "secret", body, {"authorization": "Bearer secret"}, "")
    assert is_proven(kind, "secret", body, {"authorization": basic}, "")
    assert is_proven(kind, "secret", body, {}, "secret")
    signed = {"x-leitstelle-signature": f"sha256={signature_of('secret', body)}"}
    assert is_proven(kind, "secret", body, signed, "")
    for wrong in (
        {"authorization": "Bearer sécret"},
        {"authorization": "Basic ???"},
        {"authorization": "Bearer"},
        {},
    ):
        assert not is_proven(kind, "secret", body, wrong, "")
    assert not is_proven(kind, "secret", body, {"x-leitstelle-signature": "sha256=00"}, "secret")
    assert not is_proven(kind, "", body, {"authorization": "Bearer "}, "")


def test_generic_json_with_times() -> None:
    sent = {
        "event": "ringing",
        "call_id": "a1",
        "direction": "inbound",
        "from": "+49 30 123456",
        "extension": 21,
    }
    sent["at"] = "2026-11-22T10:00:00+01:00"
    event = read(TelephonyKind.GENERIC, json.dumps(sent), "application/json")
    assert (event.step, event.users, event.started) == (PhoneStep.RINGING, ("21",), NOW)


REPORT = {
    "Number": "030123456",
    "CallType": "Inbound",
    "Agent": "101",
    "Duration": "00:04:32",
    "CallStartTimeUTC": "2026-11-22T09:00:00Z",
    "CallEstablishedTimeUTC": "2026-11-22T09:00:10Z",
    "CallEndTimeUTC": "2026-11-22T09:04:42Z",
}


def test_3cx_reports_a_whole_call_and_again_the_same() -> None:
    event = read(TelephonyKind.THREECX, json.dumps(REPORT), "application/json")
    assert (event.step, event.remote, event.users) == (PhoneStep.ENDED, "030123456", ("101",))
    assert event.answered == NOW + timedelta(seconds=10)
    assert event.ended == NOW + timedelta(minutes=4, seconds=42)
    again = read(TelephonyKind.THREECX, json.dumps(REPORT), "application/json")
    assert again.call_id == event.call_id
    assert again.key == event.key
    assert read(TelephonyKind.THREECX, json.dumps(REPORT | {"Agent": "102"})).call_id != event.call_id


def test_3cx_missed_not_answered_and_the_lookup_while_it_rings() -> None:
    missed = read(TelephonyKind.THREECX, json.dumps(REPORT | {"CallType": "Missed"}))
    assert (missed.direction, missed.answered, missed.cause) == (PhoneDirection.IN, None, "missed")
    out = read(TelephonyKind.THREECX, json.dumps(REPORT | {"CallType": "Notanswered"}))
    assert (out.direction, out.answered) == (PhoneDirection.OUT, None)
    lookup = call_event(TelephonyKind.THREECX, fields_of("", b"", "number=030123456&agent=101"))
    assert (lookup.step, lookup.call_id, lookup.users) == (PhoneStep.RINGING, "", ("101",))


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (TelephonyKind.GENERIC, "from=1", TelephonyReason.NO_EVENT),
        (TelephonyKind.GENERIC, "event=newCall&from=1&direction=in", TelephonyReason.NO_CALL_ID),
        (TelephonyKind.GENERIC, "event=newCall&from=1&direction=up&callId=1", TelephonyReason.NO_DIRECTION),
        (TelephonyKind.GENERIC, "event=newCall&direction=in&callId=1", TelephonyReason.NO_NUMBER),
        (
            TelephonyKind.GENERIC,
            f"event=newCall&direction=in&from=1&callId={'9' * 121}",
            TelephonyReason.NO_CALL_ID,
        ),
        (TelephonyKind.THREECX, "calltype=Inbound", TelephonyReason.NO_NUMBER),
        (TelephonyKind.THREECX, "calltype=Inbound&number=1", TelephonyReason.NO_CALL_ID),
    ],
)
def test_what_is_missing_is_named(kind: str, body: str, reason: str) -> None:
    with pytest.raises(NotUnderstood) as found:
        read(kind, body)
    assert found.value.reason == reason


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b"{" * 3000, b"\xff\xfe", b'{"a":' + b"[" * 5000, b"a=1&" * 200]
)
def test_what_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        fields_of("application/json" if body[:1] in b"{[" else FORM, body, "")


@given(
    st.binary(max_size=400),
    st.sampled_from([FORM, "application/json", ""]),
    st.sampled_from(TelephonyKind.values),
)
def test_anything_is_read_or_refused(body: bytes, content_type: str, kind: str) -> None:
    with contextlib.suppress(Unreadable, NotUnderstood):
        call_event(kind, fields_of(content_type, body, ""))


def test_fields_of_body_count_before_the_query_and_hold_no_control_signs() -> None:
    fields = fields_of("application/json", b'{"from":"12\\u00003","deep":{"a":1},"n":null}', "from=9&to=7")
    assert (first(fields, "from"), first(fields, "to"), first(fields, "deep", "n")) == ("123", "7", "")


@pytest.mark.parametrize(
    "sent",
    [
        "4930123456",
        "+4930123456",
        "004930123456",
        "030123456",
        "030/123456",
        "+49 (0)30 123456",
        "030-12 34 56",
    ],
)
def test_numbers_as_systems_write_them(sent: str) -> None:
    assert dialled_number(sent, "DE") == "+4930123456"


def test_withheld_internal_and_mapped() -> None:
    assert all(is_withheld(text) for text in ("", "anonymous", "Anonymous", "unbekannt"))
    assert dialled_number("anonymous", "DE") == ""
    own = frozenset({line_key("0221 2919-1999", "DE")})
    assert line_key("+49 221 29191999", "DE") in own
    assert line_key(" W0 ", "DE") == "w0"
    assert is_internal("21", own, "DE")
    assert is_internal("7777a@fpbx.de", own, "DE")
    assert is_internal("022129191999", own, "DE")
    assert not is_internal("030123456", own, "DE")
    assert not is_internal("anonymous", own, "DE")


@pytest.mark.parametrize(
    ("direction", "cause", "outcome"),
    [
        ("in", "normalclearing", PhoneOutcome.ANSWERED),
        ("in", "cancel", PhoneOutcome.MISSED),
        ("in", "noanswer", PhoneOutcome.MISSED),
        ("in", "busy", PhoneOutcome.MISSED),
        ("in", "forwarded", PhoneOutcome.FORWARDED),
        ("in", "voicemail", PhoneOutcome.VOICEMAIL),
        ("in", "blocked", PhoneOutcome.BLOCKED),
        ("out", "busy", PhoneOutcome.NOT_REACHED),
        ("out", "accepted", PhoneOutcome.ANSWERED),
    ],
)
def test_outcomes(direction: str, cause: str, outcome: str) -> None:
    assert outcome_of(direction, cause, answered_at=None, ended_at=NOW) == outcome
    assert outcome_of(direction, cause, answered_at=NOW, ended_at=NOW) == PhoneOutcome.ANSWERED
    assert outcome_of(direction, cause, answered_at=None, ended_at=None) is None


def test_times_and_durations() -> None:
    assert moment("2026-11-22T09:00:00Z") == NOW == moment("2026-11-22T09:00:00")
    assert moment("yesterday") is None
    assert seconds_of("00:04:32") == timedelta(seconds=272)
    assert seconds_of("90") == timedelta(seconds=90)
    assert seconds_of("soon") == seconds_of("") == timedelta(0)


def test_keys_differ_by_call_step_and_who_it_rings_at() -> None:
    users, steps = (("21",), ("22",)), (PhoneStep.RINGING, PhoneStep.ANSWERED)
    keys = {
        CallEvent(step=step, call_id=call, direction=PhoneDirection.IN, remote="1", users=who).key
        for call, step, who in itertools.product("ab", steps, users)
    }
    assert len(keys) == 6  # one answer a call, whoever it names
