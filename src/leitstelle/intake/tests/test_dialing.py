"""Calls by a click, and sipgate's signature: which line, what is sent, what is said when it fails."""

import base64
import json
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.test import Client

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.intake.actions.telephony_sources import TelephonySourceInput, change_source, set_line
from leitstelle.intake.choices import DialKind, TelephonyKind
from leitstelle.intake.errors import DialSecretMissing, KeyNotPublic
from leitstelle.intake.models import TelephonyEvent, TelephonySource
from leitstelle.intake.queries.dialing import can_dial, dialling_of
from leitstelle.intake.rules.telephony.dialing import dial_request, line_that_dials
from leitstelle.intake.rules.telephony.proof import is_proven, public_key_of
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.intake.tests.telephony import Switchboard, switchboard
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.outbound.errors import AddressIsPrivate, AddressNotCallable
from leitstelle.kernel.tests.test_outbound import Other, other
from leitstelle.tickets.tests.desk import Desk

__all__ = ["other"]
PATH, NUMBER = "/calls/dial/", "+493012345617"


@pytest.fixture
def desk(db: None) -> Desk:
    return portal_desk()


def dials(
    board: Switchboard, address: str, *, kind: str = DialKind.GENERIC, user: str = ""
) -> TelephonySource:
    new = TelephonySourceInput(
        name=board.source.name,
        kind=board.source.kind,
        dial_kind=kind,
        dial_address=address,
        dial_user=user,
        dial_secret="dial-secret",
    )
    board.source = change_source(board.source, new, version=board.source.version, by=SYSTEM, now=NOW)
    return board.source


def test_a_click_rings_the_agents_own_telephone(desk: Desk, other: Other) -> None:
    source = dials(switchboard(desk.agent), other.address, user="desk")
    answer = signed_in(desk.agent).post(PATH, {"number": "+49 30 12345617"})
    assert (answer.status_code, "Your telephone rings" in answer.json()["text"]) == (200, True)
    [(path, headers, body)] = other.calls
    assert (path, json.loads(body)) == ("/hook", {"callee": NUMBER, "caller": "21"})
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"desk:dial-secret").decode()
    [event] = events_for(Subject("telephony_dialling", source.pk))
    assert event.actor_id == str(desk.agent.pk)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "does not accept our access data"),
        (403, "does not accept"),
        (422, "refused"),
        (500, "refused"),
        (302, "refused"),
    ],
)
def test_a_refusal_is_said_and_noted(desk: Desk, other: Other, status: int, said: str) -> None:
    source = dials(switchboard(desk.agent), other.address)
    other.statuses = [status]
    answer = signed_in(desk.agent).post(PATH, {"number": NUMBER})
    assert (answer.status_code, len(other.calls)) == (502, 1)
    assert said in answer.json()["text"]
    assert other.calls[0][1]["Authorization"] == "Bearer dial-secret"
    assert len(list(events_for(Subject("telephony_dialling", source.pk)))) == 1


def test_own_networks_are_not_asked(desk: Desk, other: Other, settings: Any) -> None:
    dials(switchboard(desk.agent), other.address)
    settings.WEBHOOK_NETWORKS = ()
    answer = signed_in(desk.agent).post(PATH, {"number": NUMBER})
    assert (answer.status_code, other.calls) == (502, [])
    assert "may not be called" in answer.json()["text"]


def test_who_has_no_line_or_no_number_dials_nothing(desk: Desk, other: Other) -> None:
    board = switchboard(desk.agent)
    client = signed_in(desk.agent)
    assert client.post(PATH, {"number": NUMBER}).status_code == 409
    assert "data-dial=" not in client.get("/calls/").text
    dials(board, other.address)
    assert "data-dial=" in client.get("/calls/").text
    assert client.post(PATH, {"number": "nobody"}).status_code == 422
    assert signed_in(desk.lead).post(PATH, {"number": NUMBER}).status_code == 409
    assert signed_in(desk.requester).post(PATH, {"number": NUMBER}).status_code == 403
    assert other.calls == []
    assert (can_dial(as_agent(desk.agent)), can_dial(as_agent(desk.lead))) == (True, False)


def test_sipgate_calls_from_a_device_and_not_from_a_user(desk: Desk) -> None:
    assert line_that_dials(DialKind.SIPGATE, ["+4930123", "21", "e0", "w0"]) == "e0"
    assert line_that_dials(DialKind.SIPGATE, ["w0"]) == ""
    assert line_that_dials(DialKind.GENERIC, ["w0"]) == "w0"
    sent = dial_request(DialKind.SIPGATE, line="e0", number=NUMBER, user="token-1", secret="s")
    assert json.loads(sent.body) == {"callee": NUMBER, "caller": "e0", "deviceId": "e0"}
    board = switchboard(desk.agent, kind=TelephonyKind.SIPGATE)
    dials(board, "https://api.sipgate.com/v2/sessions/calls", kind=DialKind.SIPGATE, user="token-1")
    assert dialling_of(as_agent(desk.agent)) is None
    set_line(board.source, "e0", person=desk.agent, team=None, by=SYSTEM, now=NOW)
    found = dialling_of(as_agent(desk.agent))
    assert found is not None
    assert (found.line, str(found.source.dial_secret)) == ("e0", "dial-secret")


def test_the_secret_goes_to_its_address_only(desk: Desk) -> None:
    board = switchboard(desk.agent)
    source = dials(board, "https://pbx.example.org/call")
    same = {"name": source.name, "dial_kind": DialKind.GENERIC}

    def change(**more: str) -> TelephonySource:
        new = TelephonySourceInput(**(same | more))  # type: ignore[arg-type]
        return change_source(board.source, new, version=board.source.version, by=SYSTEM, now=NOW)

    with pytest.raises(DialSecretMissing):
        change(dial_address="https://evil.example.org/call")
    with pytest.raises(AddressIsPrivate):
        change(dial_address="http://10.0.0.5/call", dial_secret="x")
    with pytest.raises(AddressNotCallable):
        change(dial_address="file:///etc/passwd", dial_secret="x")
    board.source = change(dial_address="https://pbx.example.org/call", dial_user="desk")
    assert str(TelephonySource.objects.get().dial_secret) == "dial-secret"
    change(dial_kind="")
    assert str(TelephonySource.objects.get().dial_secret) == ""
    new = TelephonySourceInput(name="x")
    with pytest.raises(NotAllowed):
        change_source(board.source, new, version=1, by=as_agent(desk.agent), now=NOW)


def test_the_page_keeps_the_secret_and_fills_in_sipgates_address(desk: Desk) -> None:
    board = switchboard(desk.agent, kind=TelephonyKind.SIPGATE)
    admin = signed_in(desk.admin)
    path = f"/administration/telephony/{board.source.public_id}/"
    sent = {"version": "1", "name": "Zentrale", "kind": "sipgate", "dial_kind": "sipgate", "is_active": "on"}
    assert admin.post(path, sent).status_code == 422
    assert admin.post(path, sent | {"dial_user": "token-1", "dial_secret": "geheim-4711"}).status_code == 303
    row = TelephonySource.objects.get()
    assert (row.dial_address, str(row.dial_secret)) == (
        "https://api.sipgate.com/v2/sessions/calls",
        "geheim-4711",
    )
    assert "geheim-4711" not in admin.get(path).text


@pytest.fixture(scope="module")
def pair() -> tuple[rsa.RSAPrivateKey, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, pem(key)


def pem(key: Any) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    text: bytes = key.public_key().public_bytes(serialization.Encoding.PEM, kind)
    return text.decode()


def signed(key: rsa.RSAPrivateKey, body: bytes) -> str:
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()


def test_what_sipgate_did_not_sign_is_refused(desk: Desk, pair: tuple[rsa.RSAPrivateKey, str]) -> None:
    key, public = pair
    board = switchboard(desk.agent, kind=TelephonyKind.SIPGATE)
    new = TelephonySourceInput(name="Zentrale", kind=TelephonyKind.SIPGATE, public_key=public)
    change_source(board.source, new, version=1, by=SYSTEM, now=NOW)
    body = b"event=newCall&callId=c1&direction=in&from=493012345617&to=4940555000&userId%5B%5D=21"

    def send(**headers: str) -> int:
        named = {"authorization": f"Bearer {board.secret}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        kind = "application/x-www-form-urlencoded"
        return Client().post(board.path, body, kind, headers=named).status_code

    assert send() == 403
    assert send(x_sipgate_signature="!") == 403
    assert send(x_sipgate_signature=signed(key, body + b"&")) == 403
    assert send(x_sipgate_signature=signed(key, body), authorization="") == 403
    assert not TelephonyEvent.objects.filter(state="applied").exists()
    assert send(x_sipgate_signature=signed(key, body)) == 200
    assert board.call().number == NUMBER


def test_the_signature_counts_for_sipgate_alone(pair: tuple[rsa.RSAPrivateKey, str]) -> None:
    _key, public = pair
    assert is_proven(TelephonyKind.GENERIC, "s", b"x", {}, "s", public_key=public)
    assert not is_proven(TelephonyKind.SIPGATE, "s", b"x", {}, "s", public_key=public)
    assert is_proven(TelephonyKind.SIPGATE, "s", b"x", {}, "s")


def test_only_public_rsa_keys_are_kept(desk: Desk, pair: tuple[rsa.RSAPrivateKey, str]) -> None:
    _key, public = pair
    assert public_key_of(f"\n{public}\n").key_size == 2048
    board = switchboard(desk.agent, kind=TelephonyKind.SIPGATE)
    for text in ("x", public[:200], pem(ec.generate_private_key(ec.SECP256R1()))):
        new = TelephonySourceInput(name="Zentrale", kind=TelephonyKind.SIPGATE, public_key=text)
        with pytest.raises(KeyNotPublic):
            change_source(board.source, new, version=1, by=SYSTEM, now=NOW)


def test_networks_of_ones_own_can_be_allowed(settings: Any, desk: Desk) -> None:
    settings.WEBHOOK_NETWORKS = (ip_network("10.1.0.0/16"),)
    assert dials(switchboard(desk.agent), "http://10.1.2.3/call").dial_address == "http://10.1.2.3/call"
