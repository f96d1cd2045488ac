"""Measuring chat and telephone: what idle sockets cost, how soon a visitor hears the agent, how soon a call is shown.

Loopback only; every wait has an end.
"""

import asyncio
import http.client
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

from django.db import connections
from websockets.asyncio.client import ClientConnection, connect

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries import viewer_for
from leitstelle.config.bench.client import Client
from leitstelle.config.bench.filling import SEE_ALL
from leitstelle.config.bench.measuring import Figure, p95
from leitstelle.config.bench.server import resident_megabytes
from leitstelle.intake.actions.chat import Visitor, Words, be_there, open_chat, say_as_agent, take_chat
from leitstelle.intake.actions.chat_doors import ChatDoorInput, create_chat_door
from leitstelle.intake.actions.telephony_sources import (
    TelephonySourceInput,
    create_source,
    make_secret,
    set_line,
)
from leitstelle.intake.choices import TelephonyKind
from leitstelle.intake.models import Chat, ChatDoor, TelephonySource
from leitstelle.intake.queries.chat import token_for
from leitstelle.kernel.viewer import Hat, Viewer

SOCKETS = 1000
CALLS = 10
ANSWERS = 10
SETTLE_SECONDS = 5.0
PATIENCE = 120.0
SPARE_FILES = 200
Report = Callable[[int, int], None]


def measure_chat(base: str, pid: int, now: datetime, report: Report) -> Iterator[Figure]:
    """Yield the memory of the web process with a thousand visitors who wait, and how soon one hears the agent."""
    _open_files(SOCKETS + SPARE_FILES)
    person = Person.objects.get(contact_points__normalised=SEE_ALL)
    by = viewer_for(person, Hat.AGENT)
    be_there(there=True, by=by, now=now)
    new = ChatDoorInput(name=f"Bench {uuid4().hex[:8]}", team=Team.objects.order_by("pk").first())
    chats = list(_chats(create_chat_door(new, by=Viewer.system(), now=now), now, report))
    before = resident_megabytes(pid)
    with ThreadPoolExecutor(1) as apart:
        after, delays = apart.submit(asyncio.run, _idle(base, pid, chats, by)).result()
    name = f"web process, {SOCKETS} chat sockets idle"
    yield Figure(name, after, after, 0, 300, unit="MB")
    each = (after - before) * 1000 / SOCKETS
    yield Figure("one idle chat socket", each, each, 0, unit="KB")
    yield _timed("agent's line to the visitor's socket", delays, 2000)


def _chats(door: ChatDoor, now: datetime, report: Report) -> Iterator[Chat]:
    for number in range(SOCKETS):
        visitor = Visitor(language="de", name=f"Besuch {number}", email=f"besuch-{number}@kunde.example")
        words = Words(key=uuid4(), text="Guten Tag, der Drucker im Flur druckt nicht.")
        yield open_chat(door, visitor, words, left=False, now=now)
        report(number + 1, SOCKETS)


async def _idle(base: str, pid: int, chats: list[Chat], by: Viewer) -> tuple[float, list[float]]:
    """Open all sockets, let them rest, weigh the process; then answer in one chat some times."""
    address = f"ws{base.removeprefix('http')}/chat/socket/"
    sockets: list[ClientConnection] = []
    try:
        for chat in chats:
            found = await connect(address, compression=None, open_timeout=PATIENCE, ping_interval=None)
            sockets.append(found)
            await found.send(json.dumps({"token": token_for(chat), "after": 0}))
            await asyncio.wait_for(found.recv(), PATIENCE)
        await asyncio.sleep(SETTLE_SECONDS)
        weight = await asyncio.to_thread(resident_megabytes, pid)
        return weight, await _answers(sockets[0], chats[0], by)
    finally:
        await asyncio.gather(*(found.close() for found in sockets))


async def _answers(found: ClientConnection, chat: Chat, by: Viewer) -> list[float]:
    """Milliseconds from an agent's answer to the visitor's socket, while all others wait in the queue."""
    now = datetime.now(tz=chat.opened_at.tzinfo)
    await asyncio.to_thread(_closing, take_chat, chat, by=by, now=now)
    delays = []
    for number in range(ANSWERS):
        text = f"Antwort {number}"
        begin = time.perf_counter()
        words = Words(key=uuid4(), text=text)
        await asyncio.to_thread(_closing, say_as_agent, chat, words, by=by, now=now)
        while text not in await asyncio.wait_for(found.recv(), PATIENCE):
            pass
        delays.append((time.perf_counter() - begin) * 1000)
    return delays


def _closing(act: Callable[..., object], *args: object, **named: object) -> None:
    """Act in a thread that ends afterwards, and leave no connection to the database behind."""
    try:
        act(*args, **named)
    finally:
        connections.close_all()


def measure_screen_pop(base: str, client: Client, now: datetime) -> Iterator[Figure]:
    """Yield how long it takes from the telephone system's word to the card on the agent's screen."""
    person = Person.objects.get(contact_points__normalised=SEE_ALL)
    by = Viewer.system()
    new = TelephonySourceInput(name=f"Bench {uuid4().hex[:8]}", kind=TelephonyKind.GENERIC, team=None)
    source = create_source(new, by=by, now=now)
    secret = make_secret(source, by=by, now=now)
    set_line(source, "21", person=person, team=None, by=by, now=now)
    delays = [_pop(base, client, source, secret, f"telephone:{person.pk}", number) for number in range(CALLS)]
    yield _timed("call's webhook to the agent's screen", delays, 1000)


def _pop(base: str, client: Client, source: TelephonySource, secret: str, topic: str, number: int) -> float:
    """Milliseconds of one call: the webhook is sent, the open page hears of it and has fetched the card."""
    caller = f"49301234{number:04}"
    ready, rang = Event(), Event()
    listener = Thread(target=_listen, args=(base, client, topic, ready, rang), daemon=True)
    listener.start()
    if not ready.wait(PATIENCE):
        raise TimeoutError("no live stream")
    begin = time.perf_counter()
    _tell(base, source, secret, "newCall", caller, number)
    if not rang.wait(PATIENCE):
        raise TimeoutError("the call never reached the live stream")
    card = client.get("/calls/ringing/")
    taken = (time.perf_counter() - begin) * 1000
    if caller[-4:] not in card.text.replace(" ", ""):
        raise RuntimeError("the card does not name the caller")
    _tell(base, source, secret, "hangup", caller, number)
    listener.join(PATIENCE)
    return taken


def _listen(base: str, client: Client, topic: str, ready: Event, rang: Event) -> None:
    """Hold the page's stream open until it tells of the topic."""
    parts = urlsplit(base)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)) as opened:
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        opened.request(
            "GET", f"/live/?topics={topic}", headers={"Cookie": cookies, "Accept": "text/event-stream"}
        )
        answer = opened.getresponse()
        while line := answer.readline().decode():
            if line.startswith("event: hello"):
                ready.set()
            elif line.startswith("data:") and topic in line and ready.is_set():
                rang.set()
                return


def _tell(base: str, source: TelephonySource, secret: str, event: str, caller: str, number: int) -> None:
    sent = {"event": event, "callId": f"bench-{number}", "direction": "in", "from": caller, "to": "49405550"}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(sent | {"userId[]": "21"}).encode()
    asked = Request(f"{base}/hooks/telephony/{source.public_id}/", body, headers)  # noqa: S310
    with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        if answer.status != 200:
            raise RuntimeError(f"the webhook answered {answer.status}")


def _timed(name: str, delays: list[float], budget: float) -> Figure:
    return Figure(name, statistics.median(delays), p95(delays), 0, budget)


def _open_files(count: int) -> None:
    """Let this process hold as many connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
