"""Threads that answer requests, kept with their database connection for the next request.

Django gives every request a new thread, and every thread its own connection: on PostgreSQL each page then began with a
sign-in and a server process that knew no table yet, on SQLite with reading the whole schema.
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

# So many rest between requests, each with a connection at most. Whoever comes while all are busy gets a new one.
KEPT = 8


class RequestThreads:
    """The threads of one event loop; streams keep theirs as long as they last."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._resting: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Run the synchronous code of what stands inside on one thread; the one that rested last comes first."""
        thread = self._resting.pop() if self._resting else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._resting) < self._kept:
                self._resting.append(thread)
            else:
                _end(thread)

    def end(self) -> None:
        """Close the connections of resting threads; those still busy end with their request."""
        self._kept = 0
        while self._resting:
            _end(self._resting.pop())


def _end(thread: ThreadPoolExecutor) -> None:
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)
