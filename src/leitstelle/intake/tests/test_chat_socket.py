"""The WebSocket of chat over a real server: what is new comes by itself, and after a break from the place one has."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from leitstelle.intake.actions.chat import Words, end_as_agent, say_as_agent, take_chat
from leitstelle.intake.tests.chat import Guest, chat_door, there
from leitstelle.intake.tests.portal import portal_desk
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
PATIENCE = 20


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return portal_desk()


@pytest.fixture
def guest(desk: Desk) -> Guest:
    there(desk.agent)
    guest = Guest(chat_door(desk.first))
    assert guest.start("Hallo").status_code == 201
    return guest


@contextmanager
def socket(server: str, token: str, after: int, path: str = "/chat/socket/") -> Iterator[ClientConnection]:
    with connect(f"ws{server.removeprefix('http')}{path}", open_timeout=PATIENCE) as found:
        found.send(json.dumps({"token": token, "after": after}))
        yield found


def until(found: ClientConnection, text: str) -> list[dict[str, Any]]:
    """The lines of all answers until one with this text came."""
    lines: list[dict[str, Any]] = []
    while not any(line["text"] == text for line in lines):
        lines += json.loads(found.recv(PATIENCE))["lines"]
    return lines


def answer(guest: Guest, desk: Desk, text: str) -> None:
    line = Words(key=uuid4(), text=text)
    say_as_agent(guest.chat, line, by=desk.as_agent(), now=timezone.now())


def test_lines_come_by_themselves_and_none_is_lost_or_doubled_over_a_break(
    desk_server: str, desk: Desk, guest: Guest
) -> None:
    with socket(desk_server, guest.token, 0) as found:
        assert [line["text"] for line in until(found, "Hallo")] == ["Hallo"]
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        answer(guest, desk, "Guten Tag")
        lines = until(found, "Guten Tag")
        last = lines[-1]["n"]
        assert last == 3
    answer(guest, desk, "Sind Sie noch da?")
    guest.say("Ja")
    with socket(desk_server, guest.token, last) as found:
        again = until(found, "Ja")
        assert [line["n"] for line in again] == [4, 5]
        end_as_agent(guest.chat, by=desk.as_agent(), now=timezone.now())
        notes: list[dict[str, Any]] = []
        state = ""
        while state != "ended" or not notes:
            frame = json.loads(found.recv(PATIENCE))
            state = frame["state"]
            notes += [line for line in frame["lines"] if line["who"] == "note"]
        assert [line["n"] for line in notes] == [6]


def test_two_browsers_of_one_visitor_hear_the_same(desk_server: str, desk: Desk, guest: Guest) -> None:
    with socket(desk_server, guest.token, 0) as one, socket(desk_server, guest.token, 0) as other:
        until(one, "Hallo")
        until(other, "Hallo")
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        answer(guest, desk, "Guten Tag")
        assert until(one, "Guten Tag")[-1] == until(other, "Guten Tag")[-1]


def test_who_waits_hears_of_moving_up_and_of_nothing_else(desk_server: str, desk: Desk, guest: Guest) -> None:
    other = Guest(guest.door)
    other.start("Ich auch")
    with socket(desk_server, other.token, 0) as found:
        assert json.loads(found.recv(PATIENCE))["position"] == 2
        take_chat(guest.chat, by=desk.as_agent(), now=timezone.now())
        assert json.loads(found.recv(PATIENCE)) == {"position": 1, "lines": []}
        answer(guest, desk, "Guten Tag")
        other.say("Hallo?")
        assert [line["text"] for line in until(found, "Hallo?")] == ["Hallo?"]


@pytest.mark.parametrize(
    "hello", ['{"token": "nonsense", "after": 0}', "[]", "x", '{"token": 1}', "{}" * 2000]
)
def test_what_nobody_signed_is_turned_away(desk_server: str, hello: str) -> None:
    with connect(f"ws{desk_server.removeprefix('http')}/chat/socket/", open_timeout=PATIENCE) as found:
        found.send(hello)
        with pytest.raises(ConnectionClosed) as closed:
            found.recv(PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_there_is_no_other_socket(desk_server: str) -> None:
    with pytest.raises(InvalidStatus):
        connect(f"ws{desk_server.removeprefix('http')}/elsewhere/", open_timeout=PATIENCE)
