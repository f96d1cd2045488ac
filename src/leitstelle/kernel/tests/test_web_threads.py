"""Threads of requests: kept with their connection, never shared by two at a time."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from leitstelle.kernel.web.threads import RequestThreads


def in_own_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it on a thread of its own: tests of the browser leave their event loop running on the main one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _asked(threads: RequestThreads, together: asyncio.Barrier | None = None) -> tuple[int, int]:
    """The thread that answered a request of two steps, and its connection; between them all wait for each other."""
    async with threads.one():
        first = await sync_to_async(_look)()
        if together is not None:
            await together.wait()
        assert await sync_to_async(_look)() == first
    return first


def _look() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return threading.get_ident(), id(connection.connection)


@pytest.mark.django_db(transaction=True)
def test_a_request_finds_thread_and_connection_of_the_one_before() -> None:
    async def run() -> None:
        threads = RequestThreads()
        assert await _asked(threads) == await _asked(threads)
        threads.end()

    in_own_loop(run())


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_share_nothing_and_no_more_than_wanted_rest() -> None:
    async def run() -> None:
        threads = RequestThreads(kept=2)
        four, two = asyncio.Barrier(4), asyncio.Barrier(2)
        first = await asyncio.gather(*[_asked(threads, four) for _ in range(4)])
        assert len({thread for thread, _ in first}) == len({one for _, one in first}) == 4
        later = await asyncio.gather(*[_asked(threads, two) for _ in range(2)])
        assert set(later) <= set(first)
        threads.end()

    in_own_loop(run())


@pytest.mark.django_db(transaction=True)
def test_threads_that_end_close_their_connection() -> None:
    closed: list[bool] = []

    async def run() -> None:
        threads = RequestThreads()
        async with threads.one():
            mine = await sync_to_async(lambda: connections["default"])()
            await sync_to_async(_look)()
            threads.end()
            assert mine.connection is not None
        end = time.monotonic() + 5
        while mine.connection is not None and time.monotonic() < end:
            await asyncio.sleep(0.01)
        closed.append(mine.connection is None)

    in_own_loop(run())
    assert closed == [True]


@pytest.mark.django_db(transaction=True)
def test_what_fails_gives_its_thread_back() -> None:
    async def run() -> None:
        threads = RequestThreads()
        first = await _asked(threads)
        with pytest.raises(RuntimeError):
            async with threads.one():
                raise RuntimeError
        assert await _asked(threads) == first
        threads.end()

    in_own_loop(run())
