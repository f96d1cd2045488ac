"""Arithmetic over service time: what it means to be open, to have worked, to be due.

Everything stands on one method, `spans`, which a calendar and a row of calendar versions both give. Moments
come in as aware datetimes and go out in UTC; service time is counted in elapsed seconds.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime

from leitstelle.calendars.rules.problems import CalendarProblem, NeverOpens
from leitstelle.calendars.rules.zones import DAY, SECOND, to_moment, to_ticks

HORIZON_YEARS = 100
HORIZON = HORIZON_YEARS * 365 * DAY
_LAST = to_ticks(datetime.fromisoformat("9990-01-01T00:00:00Z"))

Pauses = Iterable[tuple[datetime, datetime]]
Span = tuple[int, int]


class ServiceHours(ABC):
    """Service time that can be asked; `Calendar` and `VersionedCalendar` are the two kinds."""

    @abstractmethod
    def spans(self, begin: int, end: int) -> Iterator[Span]:
        """Open stretches within `begin` to `end` in microseconds since 1970, in order and disjoint."""

    def open_ticks(self, begin: int, end: int) -> int:
        """Microseconds of service time within `begin` to `end` (microseconds since 1970); 0 where `end` is earlier."""
        return sum(stop - start for start, stop in self.spans(begin, end))

    @abstractmethod
    def add_days(self, start: datetime, days: int) -> datetime:
        """See `Calendar.add_days`."""

    def opening_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Lazily the open stretches within `start` to `end` in UTC, in order, touching ones as one."""
        for begin, stop in _seamless(self.spans(to_ticks(start), to_ticks(end))):
            yield to_moment(begin), to_moment(stop)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is service time; the closing moment itself is not."""
        ticks = to_ticks(at)
        return next(self.spans(ticks, ticks + 1), None) is not None

    def worked(self, start: datetime, end: datetime, pauses: Pauses = ()) -> float:
        """Seconds of service time between `start` and `end` outside the pauses; 0 where `end` is earlier."""
        begin, stop = to_ticks(start), to_ticks(end)
        ticks = self.open_ticks(begin, stop)
        for pause_begin, pause_end in pause_ticks(pauses):
            ticks -= self.open_ticks(max(begin, pause_begin), min(stop, pause_end))
        return ticks / SECOND

    def deadline(self, start: datetime, seconds: float, pauses: Pauses = ()) -> datetime:
        """The first moment at which `seconds` of service time have passed since `start` outside the pauses.

        So it falls on the closing moment rather than on the next opening, and on `start` itself for 0
        seconds. Raises `NeverOpens` where that does not happen within 100 years, `CalendarProblem` for
        negative seconds.
        """
        if seconds < 0:
            raise CalendarProblem("seconds_negative")
        begin, missing = to_ticks(start), round(seconds * SECOND)
        if missing == 0:
            return to_moment(begin)
        total = missing
        for opens, closes in without(self.spans(begin, _horizon(begin)), pause_ticks(pauses)):
            if missing <= closes - opens:
                return to_moment(opens + missing)
            missing -= closes - opens
        code = "never_opens" if missing == total else "too_far"
        raise NeverOpens(code, years=HORIZON_YEARS, start=start.isoformat())

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on that is service time: `at` itself where open. Raises `NeverOpens`."""
        ticks = to_ticks(at)
        for opens, _ in self.spans(ticks, _horizon(ticks)):
            return to_moment(opens)
        raise NeverOpens("never_opens", years=HORIZON_YEARS, start=at.isoformat())


def without(spans: Iterable[Span], pauses: list[Span]) -> Iterator[Span]:
    """The parts of `spans` outside `pauses`; both in order and disjoint."""
    for begin, end in spans:
        rest = begin
        for pause_begin, pause_end in pauses:
            if pause_end <= rest:
                continue
            if pause_begin >= end:
                break
            if pause_begin > rest:
                yield rest, pause_begin
            rest = pause_end
        if rest < end:
            yield rest, end


def pause_ticks(pauses: Pauses) -> list[Span]:
    """Pauses in order, overlapping ones as one, so that no second is taken off twice."""
    result: list[Span] = []
    for begin, end in sorted((to_ticks(begin), to_ticks(end)) for begin, end in pauses):
        if end < begin:
            raise CalendarProblem("pause_backwards", start=to_moment(begin), end=to_moment(end))
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def _seamless(spans: Iterable[Span]) -> Iterator[Span]:
    waiting: Span | None = None
    for begin, end in spans:
        if waiting and begin <= waiting[1]:
            waiting = (waiting[0], end)
        else:
            if waiting:
                yield waiting
            waiting = (begin, end)
    if waiting:
        yield waiting


def _horizon(begin: int) -> int:
    return min(begin + HORIZON, _LAST)
