"""The WebSocket of chat: brings visitors what `chat_visitor.lines` would answer, as soon as it is there.

It takes nothing but the token and the place up to which the visitor has the lines. Whatever breaks, the visitor asks
again from there; so nothing depends on this connection but speed. One follower of the journal per web process serves
all sockets, with one thread and one database connection.
"""

import asyncio
import json
import logging
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connections

from leitstelle.intake.choices import ChatState
from leitstelle.intake.models import Chat
from leitstelle.intake.queries.chat import chat_of, places_in_queues
from leitstelle.intake.queries.shown_chats import frame_of, is_writing
from leitstelle.kernel.web.live import feed

log = logging.getLogger(__name__)

PATH = "/chat/socket/"
POLL_SECONDS = 0.5
HELLO_SECONDS = 15.0
SEND_SECONDS = 5.0
LONGEST_HELLO = 1000
UNKNOWN = 4401  # the browser must not try this token again
_T = TypeVar("_T")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Socket:
    """One visitor's open connection: whose chat, which lines they have, what they were told last."""

    __slots__ = ("after", "chat_id", "send", "told")

    def __init__(self, chat_id: int, after: int, send: Send) -> None:
        self.chat_id = chat_id
        self.after = after
        self.send = send
        self.told: tuple[Any, ...] = ()


async def chat_socket(scope: Message, receive: Receive, send: Send) -> None:
    """Serve one connection: the ASGI application of `PATH`."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    center = hub()
    hello = await _hello(receive)
    chat = await center.in_thread(lambda: chat_of(hello[0])) if hello else None
    if hello is None or chat is None:
        center.rest()
        await _quietly(send({"type": "websocket.close", "code": UNKNOWN}))
        return
    socket = Socket(chat.pk, hello[1], send)
    center.join(socket)
    try:
        await center.tell([socket])
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        center.leave(socket)


async def refuse(scope: Message, receive: Receive, send: Send) -> None:
    """Turn a WebSocket to another address away."""
    await receive()
    await _quietly(send({"type": "websocket.close", "code": 4404}))


async def _hello(receive: Receive) -> tuple[str, int] | None:
    """The first message: `{"token": …, "after": number}`."""
    try:
        message = await asyncio.wait_for(receive(), HELLO_SECONDS)
        text = message.get("text") or ""
        said = json.loads(text) if len(text) <= LONGEST_HELLO else {}
        return str(said["token"]), max(0, min(int(said["after"]), 10**9))
    except (TimeoutError, ValueError, KeyError, TypeError):
        return None


async def _quietly(sending: Awaitable[None]) -> None:
    """A connection that broke meanwhile is no error: its own task hears of it and leaves."""
    try:
        await asyncio.wait_for(sending, SEND_SECONDS)
    except Exception:  # servers differ in what they raise for a closed socket
        log.debug("chat: a socket was closed while it was written to", exc_info=True)


class Hub:
    """The sockets of one event loop and the task that feeds them."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chat")

    def join(self, socket: Socket) -> None:
        """Add a socket; the follower starts with the first."""
        self._sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())

    def leave(self, socket: Socket) -> None:
        """Forget a socket; the follower rests when there is none."""
        self._sockets.discard(socket)
        self.rest()

    def rest(self) -> None:
        """Where nobody listens, stop following and give the database connection back."""
        if self._sockets:
            return
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._thread.submit(connections.close_all)

    async def in_thread(self, call: Callable[[], _T]) -> _T:
        """Run database work in the hub's own thread."""

        def guarded() -> _T:
            close_old_connections()
            return call()

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)

    async def tell(self, sockets: list[Socket]) -> None:
        """Send each socket what it lacks; nothing where nothing changed for it."""
        wanted = [(socket, socket.chat_id, socket.after) for socket in sockets]
        frames = await self.in_thread(lambda: _frames({(pk, after) for _s, pk, after in wanted}))
        sends = []
        for socket, chat_id, after in wanted:
            frame = frames.get((chat_id, after))
            # Somebody else told this socket more while the database was asked.
            if frame is None or socket.after != after:
                continue
            state = (frame["state"], frame["position"], frame["agent"], frame["typing"], _mark(frame["aid"]))
            if not frame["lines"] and state == socket.told:
                continue
            socket.told = state
            socket.after = frame["lines"][-1]["n"] if frame["lines"] else after
            sends.append(_quietly(socket.send({"type": "websocket.send", "text": json.dumps(frame)})))
        await asyncio.gather(*sends)

    async def _follow(self) -> None:
        source: feed.Feed | None = None
        while True:
            try:
                if source is None:
                    source = await self.in_thread(feed.Feed)
                    # What happened while nobody followed.
                    await self.tell(list(self._sockets))
                notices = await self.in_thread(source.read)
                await self._pass_on({notice.subject_id for notice in notices if notice.kind == "chat"})
            except Exception:
                log.exception("chat: reading the journal failed, trying again")
                await asyncio.sleep(5)
            await asyncio.sleep(POLL_SECONDS)

    async def _pass_on(self, chats: set[int]) -> None:
        """Those whose chat changed, those whose agent began to write; then those who moved up in the queue."""
        concerned = [
            socket
            for socket in self._sockets
            if socket.chat_id in chats or (socket.told and socket.told[3] != is_writing(socket.chat_id))
        ]
        if concerned:
            await self.tell(concerned)
        if chats:
            await self._move_up()

    async def _move_up(self) -> None:
        """Tell a place in the queue that changed, and nothing else: one statement, however many wait."""
        waiting = [socket for socket in self._sockets if socket.told[:1] == (ChatState.WAITING,)]
        places = await self.in_thread(places_in_queues) if waiting else {}
        sends = []
        for socket in waiting:
            place = places.get(socket.chat_id)
            # Whoever waits no longer hears it with what changed in their chat.
            if place is None or socket.told[:1] != (ChatState.WAITING,) or place == socket.told[1]:
                continue
            socket.told = (socket.told[0], place, *socket.told[2:])
            text = json.dumps({"position": place, "lines": []})
            sends.append(_quietly(socket.send({"type": "websocket.send", "text": text})))
        await asyncio.gather(*sends)


def _frames(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Message]:
    """The answers for chats and places; asks the database."""
    rows = Chat.objects.select_related("agent").in_bulk({pk for pk, _after in wanted})
    return {(pk, after): frame_of(rows[pk], after) for pk, after in wanted if pk in rows}


def _mark(aid: Message | None) -> int:
    """What tells one state of a level-0 dialogue from another, without keeping its words for every socket."""
    return hash(json.dumps(aid)) if aid else 0


_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
