"""Schedules: functions that run again and again, their rows, and running what is due.

The clock (`lease`) makes due rows ready, workers run them. A schedule that was missed for a
while runs once.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from leitstelle.kernel.db import insert_ignore, retry_transient
from leitstelle.kernel.work import beats
from leitstelle.kernel.work.models import ScheduleRow, ScheduleState
from leitstelle.kernel.work.rules import Rhythm

logger = logging.getLogger("leitstelle.work")

Job = Callable[[datetime], object]
F_ = TypeVar("F_", bound=Job)

CLAIM_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Schedule:
    """A registered schedule; `job(now)` runs outside of any transaction."""

    name: str
    job: Job
    rhythm: Rhythm


_schedules: dict[str, Schedule] = {}


def schedule(name: str, *, every: timedelta | None = None, daily_at: str | None = None) -> Callable[[F_], F_]:
    """Register `f(now)` to run every so often, or daily at the house's wall time ("03:10").

    The job opens its own units and may open a network between them; it must bear being run
    twice. Raises `ValueError` for a name in use.
    """
    rhythm = Rhythm(every, daily_at, getattr(settings, "DEFAULT_PERSON_TIME_ZONE", "UTC"))

    def register(job: F_) -> F_:
        if name in _schedules:
            raise ValueError(f"schedule {name!r} exists")
        _schedules[name] = Schedule(name, job, rhythm)
        return job

    return register


def unschedule(name: str) -> None:
    """Forget a schedule; for tests that bring their own."""
    _schedules.pop(name, None)


def schedules() -> list[Schedule]:
    """Return all registered schedules by name."""
    return [_schedules[name] for name in sorted(_schedules)]


def make_rows(now: datetime) -> None:
    """Give every registered schedule its row; a longer wait than its rhythm allows is shortened."""
    known = dict(ScheduleRow.objects.values_list("name", "next_due"))
    for item in schedules():
        if item.name not in known:
            insert_ignore(ScheduleRow, {"name": item.name, "next_due": item.rhythm.first(now)})
        elif known[item.name] > (latest := item.rhythm.next(now)):
            ScheduleRow.objects.filter(name=item.name, next_due__gt=latest).update(next_due=latest)


def bring_forward(name: str, now: datetime) -> None:
    """Let a schedule run at once instead of at its next moment; nothing happens where it is running."""
    make_rows(now)
    ScheduleRow.objects.filter(name=name, state=ScheduleState.IDLE).update(next_due=now)


@retry_transient
def make_ready(now: datetime, fence: int) -> list[str]:
    """Mark idle rows that are due as ready and move their next moment; returns their names.

    `fence` is the clock's token: a clock that lost its lease to a newer one moves nothing.
    """
    moved = []
    due = ScheduleRow.objects.filter(state=ScheduleState.IDLE, next_due__lte=now, name__in=_schedules)
    for name, next_due in list(due.values_list("name", "next_due")):
        changed = due.filter(name=name, next_due=next_due, fence__lte=fence).update(
            state=ScheduleState.READY, next_due=_schedules[name].rhythm.next(now), fence=fence
        )
        if changed:
            moved.append(name)
    return moved


@retry_transient
def claim(worker: str, now: datetime) -> str | None:
    """Claim one ready schedule; returns its name."""
    ready = ScheduleRow.objects.filter(state=ScheduleState.READY, name__in=_schedules)
    for name in list(ready.order_by("next_due", "name").values_list("name", flat=True)):
        if ready.filter(name=name).update(
            state=ScheduleState.RUNNING, claimed_by=worker, claimed_until=now + CLAIM_FOR
        ):
            return name
    return None


def run(name: str, worker: str, now: datetime, *, strict: bool = False) -> bool:
    """Run a claimed schedule; an error is noted and the next moment awaited. Returns success."""
    started, error = time.monotonic(), ""
    try:
        _schedules[name].job(now)
    except Exception as caught:
        logger.exception("schedule %s failed", name)
        error = f"{type(caught).__name__}: {caught}"[:2000]
        if strict:
            raise
    finally:
        _finish(name, worker, error, time.monotonic() - started)
    return not error


@retry_transient
def _finish(name: str, worker: str, error: str, seconds: float) -> None:
    ScheduleRow.objects.filter(name=name, state=ScheduleState.RUNNING, claimed_by=worker).update(
        state=ScheduleState.IDLE,
        last_run=timezone.now(),
        last_seconds=seconds,
        last_error=error,
        failures=F("failures") + 1 if error else 0,
        claimed_by="",
        claimed_until=None,
    )


@retry_transient
def prolong(worker: str, now: datetime) -> None:
    """Keep what this worker runs: a job may take long while its process gives signs of life."""
    ScheduleRow.objects.filter(state=ScheduleState.RUNNING, claimed_by=worker).update(
        claimed_until=now + CLAIM_FOR
    )


@retry_transient
def free_abandoned(now: datetime) -> int:
    """Make schedules of dead workers ready again; returns how many."""
    running = ScheduleRow.objects.filter(state=ScheduleState.RUNNING)
    gone = [name for name in running.values_list("claimed_by", flat=True).distinct() if beats.is_dead(name)]
    return running.filter(Q(claimed_until__lt=now) | Q(claimed_by__in=gone)).update(
        state=ScheduleState.READY, claimed_by="", claimed_until=None
    )
