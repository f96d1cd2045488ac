"""The slow truth: service hours minute by minute, straight from what zoneinfo says the wall clock shows.

Shares no code with `leitstelle.calendars.rules` but the plain values it is asked about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from leitstelle.calendars.rules import Calendar, Frame

MINUTE = timedelta(minutes=1)
ZONES = (
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Zurich",
    "Australia/Lord_Howe",  # moves by 30 minutes
    "America/St_Johns",  # until 2011 it changed at 00:01, so that the day before came again
    "Africa/Casablanca",  # changes for Ramadan, twice a year by a moving calendar
)


@lru_cache
def clock_changes(key: str, first: int = 2000, last: int = 2040) -> tuple[datetime, ...]:
    """Every moment of those years at which the offset of a zone changes, in UTC, to the minute."""
    tz = ZoneInfo(key)
    found = []
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if _offset(at, tz) != _offset(at + timedelta(hours=6), tz):
            minute = at
            while _offset(minute + MINUTE, tz) == _offset(at, tz):
                minute += MINUTE
            found.append(minute + MINUTE)
        at += timedelta(hours=6)
    return tuple(found)


def _offset(at: datetime, tz: ZoneInfo) -> timedelta | None:
    return at.astimezone(tz).utcoffset()


@dataclass(frozen=True)
class Simulation:
    """Whether each minute from `start` on is service time."""

    start: datetime
    open: tuple[bool, ...]

    def index(self, at: datetime) -> int:
        return (at - self.start) // MINUTE

    def is_open(self, at: datetime) -> bool:
        return self.open[self.index(at)]

    def minutes(
        self, start: datetime, end: datetime, pauses: Iterable[tuple[datetime, datetime]] = ()
    ) -> int:
        return sum(self._counting(start, end, tuple(pauses)))

    def deadline(
        self, start: datetime, minutes: int, pauses: Iterable[tuple[datetime, datetime]] = ()
    ) -> datetime | None:
        """The first minute at which so many minutes have passed; nothing where that is after the simulation."""
        if minutes == 0:
            return start
        end = self.start + len(self.open) * MINUTE
        for number, counts in enumerate(self._counting(start, end, tuple(pauses)), start=1):
            minutes -= counts
            if minutes == 0:
                return start + number * MINUTE
        return None

    def _counting(
        self, start: datetime, end: datetime, pauses: tuple[tuple[datetime, datetime], ...]
    ) -> Iterable[bool]:
        first, last = self.index(start), self.index(end)
        counts = list(self.open[first:last]) if last > first else []
        for begin, stop in pauses:
            for index in range(max(self.index(begin), first), min(self.index(stop), last)):
                counts[index - first] = False
        return counts


@lru_cache(maxsize=64)
def wall_clock(key: str, start: datetime, minutes: int) -> tuple[tuple[date, int], ...]:
    """Local date and minute of the day at each minute, as the wall clock shows them."""
    tz = ZoneInfo(key)
    shown = ((start + number * MINUTE).astimezone(tz) for number in range(minutes))
    return tuple((local.date(), local.hour * 60 + local.minute) for local in shown)


def simulate(calendar: Calendar, start: datetime, minutes: int) -> Simulation:
    """A simulation of `calendar` for so many minutes."""
    readings = wall_clock(calendar.tz, start, minutes)
    frames: dict[date, list[tuple[int, int]]] = {}
    for day in {day for day, _ in readings}:
        for number in (0, 1):
            begins_on = day - timedelta(days=number)
            shift = number * 1440
            frames.setdefault(day, []).extend(
                (frame.start - shift, frame.end - shift) for frame in _frames(calendar, begins_on)
            )
    states = tuple(any(begin <= minute < end for begin, end in frames[day]) for day, minute in readings)
    return Simulation(start, states)


def _frames(calendar: Calendar, day: date) -> tuple[Frame, ...]:
    for special in calendar.special:
        if (special.year, special.month, special.day) == (day.year, day.month, day.day):
            return special.frames
    for special in calendar.special:
        if (special.year, special.month, special.day) == (0, day.month, day.day):
            return special.frames
    holiday = calendar.holidays.plan(day) if calendar.holidays is not None else None
    return calendar.week[day.weekday()] if holiday is None else holiday.frames
