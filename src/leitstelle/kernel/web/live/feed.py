"""Reading new events of the journal, in the order they become visible.

On PostgreSQL a transaction may commit with smaller ids than one that committed before it. Instead of waiting for
the slowest, the feed looks back over the last seconds each time and skips what it has told already: a notice comes
as soon as its event is visible, and never twice on one connection.
"""

import time
from collections import deque

from django.db.models import Max

from leitstelle.kernel.events import Event
from leitstelle.kernel.kept import forget

from .topics import Notice, notice_of

LOOK_BACK_SECONDS = 15.0
BATCH = 500


# When the follower of this process last looked, and the highest id it saw.
_known: list[tuple[float, int]] = []


class Feed:
    """A reader with its own memory; one per web process, used by one thread."""

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._marks: deque[tuple[float, int]] = deque()
        self._floor = last_event_id()
        self._highest = self._floor

    def read(self) -> list[Notice]:
        """Notices of events that became visible since the last call, at most `BATCH` events at a time."""
        rows = list(
            Event.objects.filter(pk__gt=self._floor).exclude(pk__in=self._told).order_by("pk")[:BATCH]
        )
        self._told.update(row.pk for row in rows)
        forget({row.subject_kind for row in rows})
        self._highest = max([self._highest, *(row.pk for row in rows)])
        _known[:] = [(time.monotonic(), self._highest)]
        self._forget()
        return [notice for notice in map(notice_of, rows) if notice is not None]

    def _forget(self) -> None:
        """Raise the floor to what was the highest id a while ago."""
        now = time.monotonic()
        self._marks.append((now, self._highest))
        while self._marks and self._marks[0][0] < now - LOOK_BACK_SECONDS:
            self._floor = self._marks.popleft()[1]
        self._told = {pk for pk in self._told if pk > self._floor}


def last_event_id() -> int:
    """Highest id in the journal, 0 when it is empty."""
    return int(Event.objects.aggregate(last=Max("pk"))["last"] or 0)


def recent_event_id() -> int:
    """An id that was the highest at most two seconds ago: where a page that is being rendered starts to listen."""
    if _known and time.monotonic() - _known[0][0] < 2:
        return _known[0][1]
    return last_event_id()


def since(event_id: int, limit: int = 200) -> list[Notice] | None:
    """Notices after an id for somebody who comes back; None when there are more than `limit` (reload instead)."""
    rows = list(Event.objects.filter(pk__gt=event_id).order_by("pk")[: limit + 1])
    if len(rows) > limit:
        return None
    return [notice for notice in map(notice_of, rows) if notice is not None]
