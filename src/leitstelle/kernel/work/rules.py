"""Arithmetic of background work: when to try again, when a schedule is due. Pure functions."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
FACTOR = 3


def back_off(attempt: int, jitter: float) -> timedelta:
    """Return the pause after failed attempt number `attempt` (from 1).

    5 s, 15 s, 45 s … up to 1 h, times 0.75 to 1.25 by `jitter` (0 to 1), so that what failed
    together does not come back together.
    """
    seconds = min(FIRST_PAUSE.total_seconds() * FACTOR ** min(attempt - 1, 20), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (0.75 + 0.5 * jitter))


@dataclass(frozen=True)
class Rhythm:
    """Every so often, or daily at a local wall time ("03:10") in an IANA zone. Exactly one is set."""

    every: timedelta | None = None
    daily_at: str | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if (self.every is None) == (self.daily_at is None):
            raise ValueError("a schedule needs either `every` or `daily_at`")
        if self.every is not None and self.every <= timedelta(0):
            raise ValueError("`every` must be positive")
        if self.daily_at is not None:
            time.fromisoformat(self.daily_at)

    def first(self, now: datetime) -> datetime:
        """Return when a schedule that never ran is due: intervals at once."""
        return now if self.every is not None else self.next(now)

    def next(self, now: datetime) -> datetime:
        """Return the next moment strictly after `now` (UTC); missed ones are passed over.

        A wall time that the change to summer time leaves out is read with the offset before
        the change (PEP 495, fold=0); one that happens twice counts the first time.
        """
        if self.every is not None:
            return now + self.every
        zone = ZoneInfo(self.zone)
        wall = time.fromisoformat(self.daily_at or "")
        day = now.astimezone(zone).date() - timedelta(days=1)
        while True:
            moment = datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
            if moment > now:
                return moment
            day += timedelta(days=1)
