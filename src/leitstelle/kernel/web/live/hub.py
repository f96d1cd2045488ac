"""One follower per web process: reads the journal, checks who may hear what, hands it to the open streams.

Database work runs in one thread of its own, so that any number of open streams costs one database connection.
"""

import asyncio
import json
import logging
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connections

from leitstelle.kernel.viewer import Viewer

from . import feed
from .presence import presence
from .topics import Notice, subject_of, visible_ids

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
QUEUE_SIZE = 200
# Open streams of one person per process; browsers allow six a window, so this is several of them.
PER_PERSON = 12
_T = TypeVar("_T")


class Stream:
    """One open connection: what it listens to and what waits to be sent."""

    def __init__(self, viewer: Viewer, topics: frozenset[str]) -> None:
        self.viewer = viewer
        self.topics = topics
        self.queue: asyncio.Queue[str | None] = asyncio.Queue(QUEUE_SIZE)

    def put(self, frame: str) -> None:
        """Queue a frame; a stream that is too slow is told to reload instead."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(frame_of("reset", {}))

    def end(self) -> None:
        """Tell the browser to ask from time to time instead, and close the stream (`None` in the queue)."""
        while self.queue.qsize() > QUEUE_SIZE - 2:
            self.queue.get_nowait()
        self.queue.put_nowait(frame_of("full", {}))
        self.queue.put_nowait(None)


def frame_of(event: str, data: dict[str, Any], event_id: int | None = None) -> str:
    """A server-sent event as text."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"


def heard(viewer: Viewer, topics: frozenset[str], notices: Iterable[Notice]) -> list[tuple[int, list[str]]]:
    """Of these notices, what a viewer who listens to the topics may hear: (event id, topics). Asks the database."""
    wanted = [notice for notice in notices if notice.topics(viewer) & topics]
    ids: dict[str, set[int]] = {}
    for notice in wanted:
        ids.setdefault(notice.kind, set()).add(notice.subject_id)
    visible = {kind: visible_ids(viewer, kind, found) for kind, found in ids.items()}
    return [
        (notice.id, sorted(notice.topics(viewer) & topics))
        for notice in wanted
        if notice.subject_id in visible[notice.kind]
    ]


def allowed_presence(viewer: Viewer, topics: Iterable[str]) -> set[str]:
    """Topics on which an agent may see who else is there. Asks the database."""
    if not viewer.is_agent:
        return set()
    by_kind: dict[str, dict[int, str]] = {}
    for topic in topics:
        subject = subject_of(topic)
        if subject is not None:
            by_kind.setdefault(subject[0], {})[subject[1]] = topic
    return {
        found[subject_id]
        for kind, found in by_kind.items()
        for subject_id in visible_ids(viewer, kind, found)
        if subject_id in found
    }


class Hub:
    """The streams of one event loop and the task that feeds them."""

    def __init__(self) -> None:
        # In the order they were opened.
        self._streams: dict[Stream, None] = {}
        self._presence: dict[Stream, set[str]] = {}
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    async def join(self, stream: Stream, after: int | None) -> None:
        """Add a stream; `after` is the last event it has seen, so that a reconnect misses nothing."""
        self._make_room(stream.viewer.person_id)
        self._streams[stream] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())
        stream.put(frame_of("hello", {}, await self.in_thread(feed.last_event_id) if after is None else None))
        if after is not None:
            await self._catch_up(stream, after)
        self._presence[stream] = await self.in_thread(lambda: allowed_presence(stream.viewer, stream.topics))
        for topic in self._presence[stream]:
            self._tell_presence(stream, topic)

    def _make_room(self, person_id: int | None) -> None:
        own = [stream for stream in self._streams if stream.viewer.person_id == person_id]
        for oldest in own[: max(0, len(own) + 1 - PER_PERSON)]:
            self.leave(oldest)
            oldest.end()

    def leave(self, stream: Stream) -> None:
        """Forget a stream; the follower rests when nobody listens."""
        self._streams.pop(stream, None)
        self._presence.pop(stream, None)
        if not self._streams and self._task is not None:
            self._task.cancel()
            self._task = None

    async def in_thread(self, call: Callable[[], _T]) -> _T:
        """Run database work in the hub's own thread."""

        def guarded() -> _T:
            close_old_connections()
            return call()

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)

    async def _catch_up(self, stream: Stream, after: int) -> None:
        missed = await self.in_thread(lambda: feed.since(after))
        if missed is None:
            stream.put(frame_of("reset", {}, await self.in_thread(feed.last_event_id)))
            return
        for event_id, topics in await self.in_thread(lambda: heard(stream.viewer, stream.topics, missed)):
            stream.put(frame_of("change", {"id": event_id, "topics": topics}, event_id))

    async def _follow(self) -> None:
        source: feed.Feed | None = None
        try:
            while True:
                try:
                    if source is None:
                        source = await self.in_thread(feed.Feed)
                    await self._tell(await self.in_thread(source.read))
                except Exception:
                    log.exception("live updates: reading the journal failed, trying again")
                    await asyncio.sleep(5)
                self._tell_people()
                await asyncio.sleep(POLL_SECONDS)
        finally:
            self._thread.submit(connections.close_all)

    async def _tell(self, notices: list[Notice]) -> None:
        if not notices:
            return
        streams = list(self._streams)
        found = await self.in_thread(lambda: [heard(s.viewer, s.topics, notices) for s in streams])
        for stream, messages in zip(streams, found, strict=True):
            for event_id, topics in messages:
                stream.put(frame_of("change", {"id": event_id, "topics": topics}, event_id))

    def _tell_people(self) -> None:
        presence.expire()
        changed = presence.take_changes()
        for stream, topics in self._presence.items():
            for topic in topics & changed:
                self._tell_presence(stream, topic)

    def _tell_presence(self, stream: Stream, topic: str) -> None:
        people = presence.people(topic, besides=stream.viewer.person_id)
        stream.put(frame_of("presence", {"topic": topic, "people": people}))


_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
