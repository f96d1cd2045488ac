"""Events and helpers of the kernel's own tests."""

import contextlib
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

from django.db import connections

from leitstelle.kernel.events import Actor, Event, EventData, Subject, record, subscribe, unit, unsubscribe

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ACTOR = Actor.person(7)


@dataclass(frozen=True)
class Sampled(EventData):
    """Something happened."""

    code = "test.sampled"

    number: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Echoed(EventData):
    """A reaction to something."""

    code = "test.echoed"

    number: int


def sample(number: int = 1, *, subject: Subject | None = None, at: datetime = NOON) -> Event:
    """Record one event in a unit of its own."""
    with unit():
        return record(Sampled(number), subject=subject or Subject("thing", 1), actor=ACTOR, at=at)


@contextlib.contextmanager
def subscribed(
    handler: Callable[[Event], None],
    *events: type[EventData],
    name: str = "test.handler",
    attempts: int = 8,
    **options: bool,
) -> Iterator[None]:
    """Subscribe a handler for the time of a test."""
    subscribe(*(events or (Sampled,)), name=name, attempts=attempts, **options)(handler)
    try:
        yield
    finally:
        unsubscribe(name)


def in_threads(*jobs: Callable[[], object]) -> None:
    """Run jobs at the same moment, each with a connection of its own; raises the first error."""
    barrier = threading.Barrier(len(jobs))
    errors: list[BaseException] = []

    def body(job: Callable[[], object]) -> None:
        try:
            barrier.wait()
            job()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=body, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


def fork(job: Callable[[], object]) -> BaseProcess:
    """Start a process that shares nothing with this one but the database and what is in memory."""

    def body() -> None:
        try:
            job()
        finally:
            connections.close_all()

    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=body)
    process.start()
    return process
