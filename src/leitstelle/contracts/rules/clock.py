"""The clock of a vendor: what their contract promises for the first answer and for the solution.

A pure function of moments (aware, UTC), service hours and now. It stands still while the vendor waits for us, and
has nothing to do with the clocks of the ticket itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from leitstelle.contracts.choices import Standing


class Hours(Protocol):
    """What the arithmetic needs of service hours (see `calendars.rules`)."""

    def worked(self, start: datetime, end: datetime) -> float: ...

    def deadline(self, start: datetime, seconds: float) -> datetime: ...


@dataclass(frozen=True)
class Pause:
    """A time in which the vendor waited for us; open while `until` is empty."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseTimes:
    """What happened in a vendor's case. `left`: it was withdrawn, nothing is owed any more."""

    opened_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    left: bool = False
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Promise:
    """One promise of a contract: service seconds used of `target`, due by then unless it stands still."""

    standing: Standing
    target: int
    used: float
    due_at: datetime | None

    @property
    def percent(self) -> int:
        return int(self.used * 100 / self.target) if self.target else 100


def response(times: CaseTimes, target: int | None, hours: Hours, now: datetime) -> Promise | None:
    """Return the promise of a first answer, `None` where none was made. A solution answers as well."""
    answered = times.answered_at or (None if times.left else times.ended_at)
    return _promise(times, answered, target, hours, now)


def resolution(times: CaseTimes, target: int | None, hours: Hours, now: datetime) -> Promise | None:
    """Return the promise of a solution, `None` where none was made."""
    return _promise(times, None if times.left else times.ended_at, target, hours, now)


def used_seconds(times: CaseTimes, until: datetime, hours: Hours) -> float:
    """Service seconds from the opening to `until`, without the pauses."""
    return sum(hours.worked(start, end) for start, end in _running(times, until))


def _promise(
    times: CaseTimes, done: datetime | None, target: int | None, hours: Hours, now: datetime
) -> Promise | None:
    if not target:
        return None
    end = done or times.ended_at or now
    used = used_seconds(times, end, hours)
    if done is not None:
        return Promise(Standing.KEPT if used <= target else Standing.MISSED, target, used, None)
    if times.left:
        return Promise(Standing.LEFT, target, used, None)
    if any(pause.until is None for pause in times.pauses):
        return Promise(Standing.PAUSED, target, used, None)
    due = _due(times, target, hours, now)
    return Promise(Standing.OVERDUE if used > target else Standing.RUNNING, target, used, due)


def _running(times: CaseTimes, until: datetime) -> Iterable[tuple[datetime, datetime]]:
    """Stretches in which the clock ran, up to `until`."""
    start = times.opened_at
    for pause in sorted(times.pauses, key=lambda one: one.since):
        if pause.since >= until:
            break
        if pause.since > start:
            yield start, pause.since
        if pause.until is None:
            return
        start = max(start, pause.until)
    if start < until:
        yield start, until


def _due(times: CaseTimes, target: int, hours: Hours, now: datetime) -> datetime:
    used, last = 0.0, times.opened_at
    for start, end in _running(times, now):
        worked = hours.worked(start, end)
        if used + worked >= target:
            return hours.deadline(start, target - used)
        used, last = used + worked, end
    return hours.deadline(last, max(0.0, target - used))
