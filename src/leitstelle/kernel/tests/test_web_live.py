"""Live updates: who hears of what, nothing twice, nothing lost over a reconnect, presence."""

import http.client
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from django.http import HttpRequest
from django.test import Client

from leitstelle.kernel import viewer as viewers
from leitstelle.kernel.events import Actor, EventData, Subject, record, unit
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web.live import live_topic, register_live_check, topics
from leitstelle.kernel.web.live.feed import Feed, last_event_id, since
from leitstelle.kernel.web.live.hub import allowed_presence, heard
from leitstelle.kernel.web.live.presence import EXPIRES_SECONDS, Presence

AGENT = Viewer(person_id=1, hat=Hat.AGENT)
REQUESTER = Viewer(person_id=2, hat=Hat.REQUESTER)
NOW = datetime(2026, 3, 17, 8, tzinfo=UTC)


@dataclass(frozen=True)
class LampLit(EventData):
    code: ClassVar[str] = "webtest.lamp_lit"


@dataclass(frozen=True)
class NoteAdded(EventData):
    code: ClassVar[str] = "webtest.note_added"


@pytest.fixture(autouse=True)
def mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "_mappers", {})
    monkeypatch.setattr(topics, "_checks", {})

    @live_topic(LampLit, audience="everyone")
    def lamps(event: Any) -> list[str]:
        return ["lamps", f"lamp:{event.subject_id}"]

    @live_topic(LampLit, NoteAdded)
    def board(event: Any) -> list[str]:
        return ["board"]

    def visible(viewer: Viewer, ids: Sequence[int]) -> set[int]:
        return {number for number in ids if number < 100}

    register_live_check("lamp", visible)


def happen(data: EventData, number: int, *, restricted: bool = False) -> int:
    with unit():
        event = record(
            data, subject=Subject("lamp", number), actor=Actor.system("test"), at=NOW, restricted=restricted
        )
    return int(event.pk)


@pytest.mark.django_db(transaction=True)
def test_a_feed_tells_each_event_once_and_only_what_came_after_it_started() -> None:
    happen(LampLit(), 1)
    feed = Feed()
    assert feed.read() == []
    first, second = happen(LampLit(), 1), happen(NoteAdded(), 2)
    assert [notice.id for notice in feed.read()] == [first, second]
    assert feed.read() == []


@pytest.mark.django_db(transaction=True)
def test_agents_hear_all_topics_requesters_only_public_ones_and_nobody_of_the_invisible() -> None:
    start = last_event_id()
    lit, note, hidden = happen(LampLit(), 1), happen(NoteAdded(), 1), happen(LampLit(), 100)
    notices = since(start) or []
    assert {notice.id for notice in notices} == {lit, note, hidden}
    wanted = frozenset({"board", "lamps", "lamp:1", "lamp:100"})
    assert heard(AGENT, wanted, notices) == [(lit, ["board", "lamp:1", "lamps"]), (note, ["board", "lamp:1"])]
    assert heard(REQUESTER, wanted, notices) == [(lit, ["lamp:1", "lamps"])]
    assert heard(AGENT, frozenset({"other"}), notices) == []


@pytest.mark.django_db(transaction=True)
def test_restricted_events_are_never_told_and_too_many_mean_reload() -> None:
    start = last_event_id()
    happen(LampLit(), 1, restricted=True)
    assert since(start) == []
    happen(LampLit(), 1)
    assert since(start, limit=1) is None


def test_only_agents_see_who_else_is_there_and_only_on_what_they_may_see() -> None:
    assert allowed_presence(AGENT, ["lamp:1", "lamp:100", "board", "unknown:1"]) == {"lamp:1"}
    assert allowed_presence(REQUESTER, ["lamp:1"]) == set()


def test_presence_expires_and_says_when_it_changed() -> None:
    here = Presence()
    here.beat("lamp:1", 1, "Mareike", writing=False, now=0)
    here.beat("lamp:1", 2, "Jonas", writing=True, now=10)
    assert here.take_changes() == {"lamp:1"}
    assert here.people("lamp:1", besides=1) == [{"id": 2, "name": "Jonas", "writing": True}]
    here.beat("lamp:1", 2, "Jonas", writing=True, now=20)
    assert here.take_changes() == set()
    here.expire(EXPIRES_SECONDS + 1)
    assert [person["name"] for person in here.people("lamp:1")] == ["Jonas"]
    assert here.take_changes() == {"lamp:1"}
    here.leave("lamp:1", 2)
    assert here.people("lamp:1") == []


@pytest.fixture
def as_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolver(request: HttpRequest) -> Viewer | None:
        return {"agent": AGENT, "requester": REQUESTER}.get(request.headers.get("X-Who", ""))

    monkeypatch.setitem(viewers._resolvers, "session", resolver)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("as_agent")
def test_polling_gives_the_same_as_the_stream(client: Client) -> None:
    start = last_event_id()
    lit = happen(LampLit(), 1)
    happen(NoteAdded(), 1)
    address = f"/live/poll/?since={start}&topics=lamp:1"
    found = client.get(address, headers={"x-who": "requester"}).json()
    assert found["changes"] == [{"id": lit, "topics": ["lamp:1"]}]
    assert found["since"] == last_event_id()
    assert client.get(address).status_code == 403


@pytest.mark.django_db
@pytest.mark.usefixtures("as_agent")
def test_a_beat_needs_an_agent_who_may_see_the_subject(client: Client) -> None:
    def beat(who: str, topic: str) -> int:
        return client.post("/live/presence/", {"topic": topic}, headers={"x-who": who}).status_code

    assert beat("agent", "lamp:1") == 204
    assert beat("agent", "lamp:100") == 404
    assert beat("requester", "lamp:1") == 404
    assert beat("", "lamp:1") == 404


class Stream:
    """A reader of server-sent events over a real connection."""

    def __init__(self, server: str, query: str, who: str, last: str = "") -> None:
        parts = urlsplit(server)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        headers = {"X-Who": who, "Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        self._connection.request("GET", f"/live/?{query}", headers=headers)
        self.response = self._connection.getresponse()
        self.lines: Iterator[str] = (line.decode().rstrip("\n") for line in self.response)

    def next(self, kind: str) -> dict[str, Any]:
        """Data of the next event of a kind."""
        deadline = time.monotonic() + 60
        event = ""
        for line in self.lines:
            assert time.monotonic() < deadline
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == kind:
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return found
        raise AssertionError(f"the stream ended without {kind}")

    def close(self) -> None:
        self.response.close()
        self._connection.close()


@pytest.mark.usefixtures("as_agent")
def test_the_stream_pushes_ids_and_topics_to_those_who_may_hear(desk_server: str) -> None:
    stream = Stream(desk_server, "topics=lamp:1", "agent")
    assert stream.response.status == 200
    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    assert stream.response.headers["Cache-Control"] == "no-store"
    stream.next("hello")
    # The follower may still be starting: what happens from now on must arrive in any case.
    stream.next("presence")
    happen(LampLit(), 100)
    note = happen(NoteAdded(), 1)
    assert stream.next("change") == {"id": note, "topics": ["lamp:1"]}
    stream.close()


@pytest.mark.usefixtures("as_agent")
def test_a_reconnect_is_told_what_it_missed(desk_server: str) -> None:
    before = happen(LampLit(), 1)
    missed = happen(LampLit(), 1)
    stream = Stream(desk_server, "topics=lamp:1", "requester", last=str(before))
    assert stream.next("change") == {"id": missed, "topics": ["lamp:1"]}
    stream.close()


@pytest.mark.usefixtures("as_agent")
def test_guests_get_no_stream(desk_server: str) -> None:
    stream = Stream(desk_server, "topics=lamp:1", "")
    assert stream.response.status == 403
    stream.close()
