"""Doing what is due: one round in any process, everything at once for tests and commands."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from leitstelle.kernel.work import beats, cursors, deliveries, schedules
from leitstelle.kernel.work.errors import LostClaim

BATCH = 20


def run_due(
    now: datetime,
    limit: int = BATCH,
    *,
    worker: str | None = None,
    strict: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Claim and run up to `limit` due deliveries; returns how many were run.

    Once `stopping()` is true the rest is given back. `strict` raises unexpected errors.
    """
    claimed = deliveries.claim(worker or beats.new_name(), now, limit)
    started = time.monotonic()
    for done, delivery in enumerate(claimed):
        if stopping():
            deliveries.give_back(claimed[done:])
            return done
        # Leases and pauses count from when a handler starts, not from the claim of its batch;
        # in whole seconds, so that the time of a test stays what it is.
        deliveries.run(delivery, now + timedelta(seconds=int(time.monotonic() - started)), strict=strict)
    return len(claimed)


def run_projections(*, strict: bool = False) -> int:
    """Advance every projection by one batch; returns how many events they took."""
    taken = 0
    for item in cursors.projections():
        try:
            taken += cursors.advance(item)
        except LostClaim:
            continue
        except Exception:
            if strict:
                raise
            deliveries.logger.exception("projection %s failed", item.name)
    return taken


def run_schedules(now: datetime, *, worker: str | None = None, strict: bool = False) -> int:
    """Run the schedules the clock made ready; returns how many."""
    name, count = worker or beats.new_name(), 0
    while (found := schedules.claim(name, now)) is not None:
        schedules.run(found, name, now, strict=strict)
        count += 1
    return count


def drain(now: datetime | None = None, max_rounds: int = 50, *, strict: bool = True) -> int:
    """Run, in this process, all deliveries due at `now` and all projections; returns deliveries run.

    For tests and commands. What follows from one round is done in the next. `strict` raises
    unexpected errors of subscribers instead of noting them. Schedules are left alone: call
    their functions. Raises `RuntimeError` where `max_rounds` were not enough (a loop).
    """
    # Deliveries are written with the machine's time, which may be past the `now` of a test.
    moment = max(now, timezone.now()) if now else timezone.now()
    total = 0
    for _ in range(max_rounds):
        done = run_due(moment, 500, strict=strict)
        taken = run_projections(strict=strict)
        total += done
        if not done and not taken:
            return total
        moment = max(moment, timezone.now())
    raise RuntimeError(f"still work to do after {max_rounds} rounds")


def housekeeping(now: datetime) -> int:
    """Free what dead workers left behind; returns how many rows."""
    return deliveries.free_abandoned(now) + schedules.free_abandoned(now)
