"""One version of service hours as a frozen value, and a row of versions that follow one another."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.days import (
    WEEKDAYS,
    DayPlan,
    HolidaySource,
    SpecialDay,
)
from leitstelle.calendars.rules.frames import Frame, joined
from leitstelle.calendars.rules.hours import HORIZON_YEARS, ServiceHours, Span
from leitstelle.calendars.rules.problems import CalendarProblem, NeverOpens
from leitstelle.calendars.rules.zones import (
    DAY,
    EPOCH_ORDINAL,
    SECOND,
    first_showing,
    segments,
    to_moment,
    to_ticks,
    wall_ticks,
    zone,
)

MINUTE = 60 * SECOND
_CACHED_DAYS = 5000
# Whole blocks of days are counted once: a deadline missed a year ago is asked for at every look at the list.
_BLOCK = 32 * DAY
_CACHED_BLOCKS = 1000
Week = tuple[tuple[Frame, ...], ...]


@dataclass(frozen=True)
class Calendar(ServiceHours):
    """Service hours of one place: open exactly while the wall clock in `tz` shows a time within a frame.

    `week` holds seven tuples of frames, Monday first. A frame belongs to the day it begins on: a night shift
    from the eve of a holiday runs to its end, one that would begin on the holiday does not happen. Of
    `special` days, a date goes before a yearly day, that before `holidays`, and those before the weekday. How
    clock changes count is in `leitstelle.calendars.rules.zones`. Raises `CalendarProblem` for an unknown zone
    or a week without seven days.
    """

    tz: str
    week: Week
    special: tuple[SpecialDay, ...] = ()
    holidays: HolidaySource | None = None
    _dates: dict[tuple[int, int, int], SpecialDay] = field(init=False, repr=False, compare=False)
    _days: dict[int, tuple[Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _blocks: dict[int, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        zone(self.tz)
        if len(self.week) != len(WEEKDAYS):
            raise CalendarProblem("wrong_type", name="week", expected="seven days, Monday first")
        dates: dict[tuple[int, int, int], SpecialDay] = {}
        for special in self.special:
            if (special.year, special.month, special.day) in dates:
                raise CalendarProblem("given_twice", text=str(special))
            dates[special.year, special.month, special.day] = special
        object.__setattr__(self, "_dates", dates)

    def plan(self, day: date) -> DayPlan:
        """The frames that begin on a local date, and why."""
        special = self._dates.get((day.year, day.month, day.day)) or self._dates.get((0, day.month, day.day))
        if special is not None:
            return DayPlan(special.kind, special.frames, special.name)
        holiday = self.holidays.plan(day) if self.holidays is not None else None
        return holiday or DayPlan(DayKind.WEEKDAY, self.week[day.weekday()])

    def is_service_day(self, day: date) -> bool:
        """Whether any frame begins on that local date."""
        return bool(self.plan(day).frames)

    def local_date(self, at: datetime) -> date:
        return _date(wall_ticks(self.tz, to_ticks(at)) // DAY)

    def opens_ever(self) -> bool:
        return any(self.week) or any(special.frames for special in self.special) or self.holidays is not None

    def spans(self, begin: int, end: int) -> Iterator[Span]:
        if begin >= end or not self.opens_ever():
            return
        done = begin
        for lower, upper, offset in segments(self.tz, begin, end):
            low, high = max(lower, done), min(upper, end)
            for number in range((low + offset) // DAY - 1, (high + offset) // DAY + 1):
                for opens, closes in self._wall_spans(number):
                    opening, closing = (
                        max(opens - offset, low),
                        min(closes - offset, high),
                    )
                    if opening < closing:
                        yield opening, closing
                        low = done = closing

    def open_ticks(self, begin: int, end: int) -> int:
        first, last = -(-begin // _BLOCK), end // _BLOCK
        if first >= last:
            return super().open_ticks(begin, end)
        whole = sum(self._block(number) for number in range(first, last))
        edges = super().open_ticks(begin, first * _BLOCK) + super().open_ticks(last * _BLOCK, end)
        return edges + whole

    def _block(self, number: int) -> int:
        """Service time of a block of days in UTC (counted from 1970); whether open is a matter of each moment alone."""
        found = self._blocks.get(number)
        if found is None:
            if len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.clear()
            found = self._blocks[number] = super().open_ticks(number * _BLOCK, (number + 1) * _BLOCK)
        return found

    def _wall_spans(self, number: int) -> tuple[Span, ...]:
        """The frames of a day (counted from 1970) in microseconds of wall time; kept for the next question."""
        found = self._days.get(number)
        if found is None:
            if len(self._days) > _CACHED_DAYS:
                self._days.clear()
            midnight = number * DAY
            found = tuple(
                (midnight + frame.start * MINUTE, midnight + frame.end * MINUTE)
                for frame in joined(self.plan(_date(number)).frames)
            )
            self._days[number] = found
        return found

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same wall time `days` service days later (earlier where negative); 0 days is `start` itself.

        Counted from the day whose frame holds `start` (at 03:00 within a night shift that is the eve), else
        from its local date, whether that is a service day or not: Saturday plus one is Monday. The result
        keeps the wall time even where that is outside the frames; a wall time that the clock skips becomes
        the moment of the jump, one that comes twice the first. Raises `NeverOpens`.
        """
        if days == 0:
            return to_moment(to_ticks(start))
        wall = wall_ticks(self.tz, to_ticks(start))
        number = self._day_of(wall)
        into_day = wall - number * DAY
        return to_moment(first_showing(self.tz, self._step(number, days) * DAY + into_day))

    def _day_of(self, wall: int) -> int:
        number = wall // DAY
        eve = any(opens <= wall < closes for opens, closes in self._wall_spans(number - 1))
        today = any(opens <= wall < closes for opens, closes in self._wall_spans(number))
        return number - 1 if eve and not today else number

    def _step(self, number: int, days: int) -> int:
        step, left, origin = (1 if days > 0 else -1), abs(days), number
        while left and abs(number - origin) <= HORIZON_YEARS * 366:
            number += step
            left -= bool(self._wall_spans(number))
        if left:
            code = "never_opens" if left == abs(days) else "too_far"
            raise NeverOpens(code, years=HORIZON_YEARS, start=_date(origin).isoformat())
        return number


@dataclass(frozen=True)
class VersionedCalendar(ServiceHours):
    """Versions of one calendar: each holds from its moment to the next one's, the first also before."""

    versions: tuple[tuple[datetime, Calendar], ...]

    def __post_init__(self) -> None:
        if not self.versions or any(first[0] >= second[0] for first, second in pairwise(self.versions)):
            raise CalendarProblem("wrong_type", name="versions", expected="versions in order of time")

    def at(self, moment: datetime) -> Calendar:
        """The version that holds at a moment."""
        index = bisect_right([valid_from for valid_from, _ in self.versions], moment)
        return self.versions[max(index - 1, 0)][1]

    def spans(self, begin: int, end: int) -> Iterator[Span]:
        for lower, upper, calendar in self.pieces(begin, end):
            yield from calendar.spans(lower, upper)

    def open_ticks(self, begin: int, end: int) -> int:
        return sum(calendar.open_ticks(lower, upper) for lower, upper, calendar in self.pieces(begin, end))

    def pieces(self, begin: int, end: int) -> Iterator[tuple[int, int, Calendar]]:
        """Which version holds from when up to when, within `begin` to `end` (microseconds since 1970)."""
        starts = [to_ticks(valid_from) for valid_from, _ in self.versions]
        for index, (_, calendar) in enumerate(self.versions):
            lower = begin if index == 0 else max(begin, starts[index])
            upper = end if index + 1 == len(starts) else min(end, starts[index + 1])
            if lower < upper:
                yield lower, upper, calendar

    def add_days(self, start: datetime, days: int) -> datetime:
        """As `Calendar.add_days`; each day is counted by the version that holds when the day is reached."""
        step = 1 if days > 0 else -1
        moment = to_moment(to_ticks(start))
        for _ in range(abs(days)):
            calendar = self.at(moment)
            reached = calendar.add_days(moment, step)
            if self.at(reached) is not calendar:
                reached = self._across(moment, step)
            moment = reached
        return moment

    def _across(self, moment: datetime, step: int) -> datetime:
        """One service day on where a version ends in between: day by day, each judged by its own version."""
        for days in range(1, HORIZON_YEARS * 366):
            calendar = self.at(moment + timedelta(days=days * step))
            wall = wall_ticks(calendar.tz, to_ticks(moment)) + days * step * DAY
            if calendar.is_service_day(_date(wall // DAY)):
                return to_moment(first_showing(calendar.tz, wall))
        raise NeverOpens("never_opens", years=HORIZON_YEARS, start=moment.isoformat())


def _date(number: int) -> date:
    return date.fromordinal(EPOCH_ORDINAL + number)
