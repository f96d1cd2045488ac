"""Pure arithmetic of the overview: moments counted in service hours, and load rolled up."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

K = TypeVar("K", bound=Hashable)

# Nobody looks further back for quiet tickets; houses that are closed longer get this bound.
_FURTHEST = timedelta(days=60)


class Hours(Protocol):
    """What is asked of service hours."""

    def worked(self, start: datetime, end: datetime) -> float:
        """Service seconds between two moments (aware)."""
        ...


def service_time_ago(hours: Hours, now: datetime, seconds: float) -> datetime:
    """Return the latest moment (aware, to the second) since which this much service time has gone by.

    At most 60 days back, where the hours were open for less.
    """
    low, high = now - _FURTHEST, now
    if hours.worked(low, now) < seconds:
        return low
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if hours.worked(middle, now) >= seconds:
            low = middle
        else:
            high = middle
    return low


@dataclass(frozen=True)
class Load:
    """How much lies somewhere: open tickets, and those of them that are overdue, due soon, unassigned, waiting."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    unassigned: int = 0
    waiting: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.open + other.open,
            self.overdue + other.overdue,
            self.soon + other.soon,
            self.unassigned + other.unassigned,
            self.waiting + other.waiting,
        )


def rolled_up(parts: Iterable[tuple[K, Load]]) -> Mapping[K, Load]:
    """Return the sum by key."""
    sums: dict[K, Load] = {}
    for key, load in parts:
        sums[key] = sums.get(key, Load()) + load
    return sums
