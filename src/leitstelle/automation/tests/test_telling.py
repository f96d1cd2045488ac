"""Outgoing webhooks: what is told to whom, once, tried again, given up, and told once more. Against a real server."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.automation.actions.calls import ATTEMPTS, call_again, set_wish
from leitstelle.automation.choices import CallState
from leitstelle.automation.models import OutgoingCall
from leitstelle.automation.policies import visible_endpoints
from leitstelle.automation.tasks import forget_calls
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.outbound.actions import EndpointInput, change_endpoint, drop_former_key
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.outbound.rules import OVERLAP, signature
from leitstelle.kernel.tests.test_outbound import KEY, Other, endpoint, other
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import write_note
from leitstelle.tickets.tests.desk import Desk, make_desk

__all__ = ["other"]


@pytest.fixture
def desk(db: None) -> Desk:
    desk = make_desk()
    drain()
    return desk


def told(other: Other, desk: Desk, *codes: str) -> Endpoint:
    row = endpoint(other.address)
    set_wish(row, codes, team=None, by=SYSTEM, now=timezone.now())
    return row


def test_what_is_wished_is_told_once_and_says_no_word_of_people(other: Other, desk: Desk) -> None:
    before = desk.open("Vorher")
    told(other, desk, "ticket.opened", "ticket.message_added", "nothing.known")
    ticket = desk.open("VPN bricht ab", now=timezone.now())
    write_note(ticket, "Nur intern: Geheimnis", by=as_agent(desk.agent), now=timezone.now())
    drain()
    drain()
    bodies = [json.loads(body) for _path, _headers, body in other.calls]
    assert [body["event"] for body in bodies] == ["ticket.opened", "ticket.message_added"]
    assert {body["ticket"]["number"] for body in bodies} == {ticket.number}
    assert bodies[0]["ticket"]["subject"] == "VPN bricht ab"
    assert not any(b"Geheimnis" in body for _path, _headers, body in other.calls)
    assert before.number != ticket.number
    assert set(OutgoingCall.objects.values_list("state", "tries")) == {(CallState.DELIVERED, 1)}


def test_a_team_hears_of_its_own_tickets_only(other: Other, desk: Desk) -> None:
    row = endpoint(other.address)
    set_wish(row, ["ticket.opened"], team=desk.second, by=SYSTEM, now=timezone.now())
    desk.open("Für die Ersten", now=timezone.now())
    drain()
    assert other.calls == []


def test_who_does_not_answer_is_tried_again_and_given_up(other: Other, desk: Desk) -> None:
    told(other, desk, "ticket.opened")
    other.statuses = [503]
    desk.open("VPN bricht ab", now=timezone.now())
    now = timezone.now()
    drain(strict=False)
    row = OutgoingCall.objects.get()
    assert (row.state, row.tries, row.answer) == (CallState.WAITING, 1, "answered 503")
    for day in range(1, ATTEMPTS + 1):
        drain(now + timedelta(days=day), strict=False)
    row.refresh_from_db()
    assert (row.state, row.tries) == (CallState.FAILED, ATTEMPTS)

    other.statuses = [204]
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/administration/outgoing-webhooks/{row.endpoint.public_id}/"
    assert "answered 503" in admin.get(path).text
    admin.post(path, {"step": "again", "call": str(row.public_id)})
    drain()
    row.refresh_from_db()
    assert row.state == CallState.DELIVERED


def test_a_refusal_is_not_repeated(other: Other, desk: Desk) -> None:
    told(other, desk, "ticket.opened")
    other.statuses = [410]
    desk.open("VPN bricht ab", now=timezone.now())
    drain(strict=False)
    assert OutgoingCall.objects.get().state == CallState.FAILED
    assert len(other.calls) == 1
    assert forget_calls(timezone.now() + timedelta(days=31)) == 1


def test_while_a_key_is_changed_both_sign(other: Other, desk: Desk) -> None:
    row = told(other, desk, "ticket.opened")
    new = EndpointInput(name=row.name, address=row.address, key="another key of both")
    change_endpoint(row, new, version=row.version, by=SYSTEM, now=timezone.now())
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/administration/outgoing-webhooks/{row.public_id}/"
    assert "The key was changed" in admin.get(path).text
    desk.open("Eins", now=timezone.now())
    drain()
    assert admin.post(path, {"step": "drop"}).status_code == 303
    assert "The key was changed" not in admin.get(path).text
    desk.open("Zwei", now=timezone.now())
    drain()
    for (_path, headers, body), keys in zip(other.calls, ((new.key, KEY), (new.key,)), strict=True):
        moment = int(headers["X-Leitstelle-Timestamp"])
        wanted = [signature(key, moment, body) for key in keys]
        assert headers["X-Leitstelle-Signature"].split() == wanted


def test_a_key_is_never_shown_to_another_address(other: Other, desk: Desk) -> None:
    row = endpoint(other.address)
    now = timezone.now()
    changed = EndpointInput(name=row.name, address=row.address, key="another key of both")
    row = change_endpoint(row, changed, version=row.version, by=SYSTEM, now=now)
    assert row.keys_at(now) == (changed.key, KEY)
    assert row.keys_at(now + OVERLAP) == (changed.key,)
    moved = EndpointInput(name=row.name, address="https://other.example.org/", key="a third key of both")
    row = change_endpoint(row, moved, version=row.version, by=SYSTEM, now=now)
    assert row.keys_at(now) == (moved.key,)
    with pytest.raises(NotAllowed):
        drop_former_key(row, by=as_agent(desk.agent), now=now)


def test_only_administrators_say_who_is_told_what(other: Other, desk: Desk) -> None:
    row = told(other, desk, "ticket.opened")
    viewer = as_agent(desk.agent)
    assert not visible_endpoints(viewer).exists()
    with pytest.raises(NotAllowed):
        set_wish(row, [], team=None, by=viewer, now=NOW)
    desk.open("VPN bricht ab", now=timezone.now())
    drain()
    with pytest.raises(NotAllowed):
        call_again(OutgoingCall.objects.get(), by=viewer, now=NOW)
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/administration/outgoing-webhooks/{row.public_id}/"
    assert admin.post(path, {"codes": ["ticket.assigned"]}).status_code == 303
    assert "Chat" in admin.get("/administration/outgoing-webhooks/").text
    desk.open("Noch eins", now=timezone.now())
    drain()
    assert OutgoingCall.objects.filter(code="ticket.opened").count() == 1
