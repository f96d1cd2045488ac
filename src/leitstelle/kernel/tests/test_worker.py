"""Real processes: a worker killed in the middle, wake-up, heartbeats, a clean stop."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from leitstelle.kernel.events import Event, Subject, record, verify
from leitstelle.kernel.tests.samples import ACTOR, NOON, Echoed, Sampled, fork, sample, subscribed
from leitstelle.kernel.work import (
    Delivery,
    ScheduleRow,
    WorkerBeat,
    beats,
    deliveries,
    run_clock,
    run_worker,
    schedule,
    unschedule,
)

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def all_done() -> bool:
    return not Delivery.objects.exclude(state="done").exists()


def work() -> None:
    """A worker process that stops by itself when nothing is left."""
    stop = threading.Event()

    def watch() -> None:
        wait_for(all_done, 60)
        connections.close_all()
        stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    run_worker(stop)
    watcher.join()


@pytest.mark.parametrize(
    ("events", "kills"), [(60, 4), pytest.param(1500, 60, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_killing_a_worker_in_the_middle_loses_nothing_and_doubles_nothing(events: int, kills: int) -> None:
    """Each event is copied by a handler; the worker is killed -9 again and again on the way."""
    context = multiprocessing.get_context("fork")
    halfway = context.Semaphore(0)

    def copy(event: Event) -> None:
        record(Echoed(event.load(Sampled).number), subject=Subject("copy", event.pk), actor=ACTOR, at=NOON)
        halfway.release()
        time.sleep(0.005)

    with subscribed(copy, attempts=200):
        originals = [sample(number, subject=Subject("thing", number % 7)).pk for number in range(events)]
        for _ in range(kills):
            process = fork(work)
            for _ in range(6):
                assert halfway.acquire(timeout=20)
            process.kill()
            process.join(10)
        process = fork(work)
        process.join(60)
    assert process.exitcode == 0
    copies = Event.objects.filter(code="test.echoed").values_list("subject_id", "seq")
    assert sorted(copies) == sorted((pk, 1) for pk in originals)
    assert verify().ok


def test_a_worker_wakes_within_half_a_second_and_stops_cleanly() -> None:
    handled = threading.Event()
    stop = threading.Event()
    with subscribed(lambda event: handled.set()):
        worker = threading.Thread(target=run_worker, args=(stop,))
        worker.start()
        try:
            wait_for(lambda: bool(beats.alive("worker", timezone.now())))
            before = time.monotonic()
            sample()
            assert handled.wait(10)
            waited = time.monotonic() - before
            wait_for(all_done)
        finally:
            stop.set()
            worker.join(10)
    assert waited < 1.0  # half a second, and as much again for a busy machine
    assert not worker.is_alive()
    assert not WorkerBeat.objects.exists()


def test_clock_and_worker_run_a_schedule_again_and_again() -> None:
    runs: list[object] = []
    schedule("test.tick", every=timedelta(milliseconds=100))(runs.append)
    stop = threading.Event()
    threads = [threading.Thread(target=target, args=(stop,)) for target in (run_clock, run_worker)]
    try:
        for thread in threads:
            thread.start()
        wait_for(lambda: len(runs) >= 3)
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
        unschedule("test.tick")
    assert ScheduleRow.objects.get(name="test.tick").failures == 0


def test_a_process_of_this_machine_that_is_gone_is_known_to_be_dead() -> None:
    process = fork(lambda: None)
    process.join(10)
    gone = f"{beats.machine()}:{process.pid}:abc"
    assert beats.is_dead(gone)
    assert not beats.is_dead(beats.new_name())
    assert not beats.is_dead(f"elsewhere:{process.pid}:abc")
    assert not beats.is_dead("anything")


def test_a_number_given_to_another_process_does_not_keep_a_dead_one_alive() -> None:
    mine = beats.new_name()
    process, _, token = mine.rpartition(":")
    assert not beats.is_dead(mine)
    assert beats.is_dead(f"{process}:1-{token.rpartition('-')[2]}")
    assert not beats.is_dead(f"{process}:{token.rpartition('-')[2]}")  # a name of an earlier release


def test_what_a_silent_database_left_claimed_is_handled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a row stays claimed by a living worker for ten minutes."""
    done: list[int] = []
    begin, failures = deliveries._begin, [OperationalError("disk I/O error")]

    def silent(*args: Any) -> bool:
        if failures:
            raise failures.pop()
        return begin(*args)

    monkeypatch.setattr(deliveries, "_begin", silent)
    monkeypatch.setattr("leitstelle.kernel.work.worker.AFTER_ERROR", 0.0)
    stop = threading.Event()
    with subscribed(lambda event: done.append(event.subject_id), Sampled, network=True):
        sample(1)
        worker = threading.Thread(target=run_worker, args=(stop,))
        worker.start()
        try:
            wait_for(lambda: done == [1])
        finally:
            stop.set()
            worker.join(30)
    assert not failures


def test_heartbeats_are_heard_and_forgotten() -> None:
    now = timezone.now()
    beats.beat("a:1:x", "worker", now)
    beats.beat("a:1:x", "worker", now + timedelta(seconds=5))
    assert [row.name for row in beats.alive("worker", now + timedelta(seconds=34))] == ["a:1:x"]
    assert beats.alive("worker", now + timedelta(seconds=36)) == []
    assert beats.prune(now + timedelta(days=2)) == 1
