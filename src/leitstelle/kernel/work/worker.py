"""The long-running loops: workers and the clock. Everything they do is in `running` and `schedules`.

A worker is a process with a thread for deliveries and projections, some for schedules, and one
for signs of life and for freeing what dead workers hold.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connections
from django.utils import timezone

from leitstelle.kernel.work import beats, deliveries, lease, running, schedules, services

logger = logging.getLogger("leitstelle.work")

# Seconds between two looks when idle: one indexed query each, wake-up well below half a second.
IDLE = 0.2
AFTER_ERROR = 1.0
# So that one that waits for slow servers does not hold up the others.
SCHEDULE_THREADS = 2


def run_worker(stop: threading.Event) -> None:
    """Work until `stop` is set; what is being handled then is finished first."""
    name = beats.new_name()
    threads = [
        threading.Thread(target=_loop, args=(stop, step, label), name=f"leitstelle-{label}", daemon=True)
        for label, step in (
            *[("schedules", lambda: running.run_schedules(timezone.now(), worker=name))] * SCHEDULE_THREADS,
            ("beats", _beats(name, stop)),
        )
    ]
    threads += services.service_threads(stop)
    for thread in threads:
        thread.start()
    _loop(stop, _Deliveries(name, stop).step, "deliveries")
    for thread in threads:
        thread.join()
    beats.farewell(name)


class _Deliveries:
    """The rounds of one worker. What a broken round left claimed is taken back by the next."""

    def __init__(self, name: str, stop: threading.Event) -> None:
        self._name, self._stop = name, stop
        self._whole = True

    def step(self) -> int:
        now = timezone.now()
        if not self._whole:
            deliveries.take_back(self._name, now)
        self._whole = False
        done = running.run_due(now, worker=self._name, stopping=self._stop.is_set)
        self._whole = True
        return done + running.run_projections()


def _beats(name: str, stop: threading.Event) -> Callable[[], int]:
    def step() -> int:
        now = timezone.now()
        beats.beat(name, "worker", now)
        schedules.prolong(name, now)
        running.housekeeping(now)
        stop.wait(beats.BEAT_EVERY.total_seconds())
        return 1

    return step


def run_clock(stop: threading.Event, *, tick: float = IDLE) -> None:
    """Be the clock whenever no other process is, until `stop` is set."""
    clock = Clock()
    try:
        _loop(stop, clock.step, "clock", tick)
    finally:
        clock.close()


class Clock:
    """One clock process: asks for the lease, and while it holds it makes due schedules ready."""

    def __init__(self) -> None:
        self.name = beats.new_name()
        self.held: lease.Lease | None = None

    def step(self) -> int:
        """Act once if the lease is ours; returns how many schedules were made ready."""
        now = timezone.now()
        if self.held is None:
            self.held = lease.acquire(self.name, now)
            if self.held is not None:
                beats.beat(self.name, "clock", now)
                schedules.make_rows(now)
        elif self.held.expires - now < lease.LASTS - lease.RENEW_EVERY:
            self.held = lease.renew(self.held, now)
            beats.beat(self.name, "clock", now)
        if self.held is None:
            return 0
        return len(schedules.make_ready(now, self.held.token))

    def close(self) -> None:
        """Give lease and heartbeat back."""
        if self.held is not None:
            lease.release(self.held)
        beats.farewell(self.name)


def _loop(stop: threading.Event, step: Callable[[], int], label: str, idle: float = IDLE) -> None:
    """Call `step` until `stop`, at once again while it finds something to do."""
    try:
        while not stop.is_set():
            pause = idle
            try:
                if step():
                    pause = 0.0
            except DatabaseError:
                logger.exception("%s: the database did not answer", label)
                # A broken connection is dropped, the next round opens a new one.
                connections.close_all()
                pause = AFTER_ERROR
            except Exception:
                logger.exception("%s: unexpected error", label)
                pause = AFTER_ERROR
            if pause:
                stop.wait(pause)
    finally:
        connections.close_all()
