"""Why a deadline falls where it falls: the steps from the start to it, as typed values without words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.calendar import Calendar, VersionedCalendar
from leitstelle.calendars.rules.frames import Frame
from leitstelle.calendars.rules.hours import Pauses, ServiceHours, pause_ticks, without
from leitstelle.calendars.rules.zones import (
    DAY,
    EPOCH_ORDINAL,
    SECOND,
    first_showing,
    segments,
    to_moment,
    to_ticks,
)


@dataclass(frozen=True)
class FrameUsed:
    """Service time that counted: `seconds` of it, `total` so far."""

    at: datetime
    until: datetime
    seconds: float
    total: float


@dataclass(frozen=True)
class DaySkipped:
    """A holiday or company day without service; `at` is its first moment."""

    at: datetime
    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class DayDiffers:
    """A half day or company day with frames of its own."""

    at: datetime
    day: date
    kind: DayKind
    name: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Paused:
    """A pause; `seconds` of service time passed in it uncounted (0 where the desk was closed anyway)."""

    at: datetime
    until: datetime
    seconds: float


@dataclass(frozen=True)
class ClockChanged:
    """The wall clock was put forward (`seconds` > 0) or back; elapsed time is not touched by it."""

    at: datetime
    seconds: int


@dataclass(frozen=True)
class VersionChanged:
    """From here on another version of the service hours holds."""

    at: datetime


Step = FrameUsed | DaySkipped | DayDiffers | Paused | ClockChanged | VersionChanged


@dataclass(frozen=True)
class Explanation:
    """`deadline` is `seconds` of service time after `start`; `steps` in order of time say how."""

    start: datetime
    seconds: float
    deadline: datetime
    steps: tuple[Step, ...]


def explain(hours: ServiceHours, start: datetime, seconds: float, pauses: Pauses = ()) -> Explanation:
    """The deadline and the steps to it; raises as `ServiceHours.deadline` does."""
    paused = tuple(pauses)
    deadline = hours.deadline(start, seconds, paused)
    begin, end = to_ticks(start), to_ticks(deadline)
    steps: list[Step] = [
        *_frames(hours, begin, end, paused),
        *_pauses(hours, begin, end, paused),
    ]
    pieces = list(_pieces(hours, begin, end))
    for index, (lower, upper, calendar) in enumerate(pieces):
        if index:
            steps.append(VersionChanged(to_moment(lower)))
        steps += _days(calendar, lower, upper)
        steps += _clock_changes(calendar, lower, upper)
    return Explanation(
        to_moment(begin),
        seconds,
        deadline,
        tuple(sorted(steps, key=lambda step: step.at)),
    )


def _pieces(hours: ServiceHours, begin: int, end: int) -> Iterator[tuple[int, int, Calendar]]:
    if isinstance(hours, VersionedCalendar):
        yield from hours.pieces(begin, end)
    elif isinstance(hours, Calendar):
        yield begin, end, hours


def _frames(hours: ServiceHours, begin: int, end: int, pauses: Pauses) -> Iterator[Step]:
    total = 0.0
    for opens, closes in hours.opening_spans(to_moment(begin), to_moment(end)):
        for lower, upper in without([(to_ticks(opens), to_ticks(closes))], pause_ticks(pauses)):
            total += (upper - lower) / SECOND
            yield FrameUsed(to_moment(lower), to_moment(upper), (upper - lower) / SECOND, total)


def _pauses(hours: ServiceHours, begin: int, end: int, pauses: Pauses) -> Iterator[Step]:
    for lower, upper in pause_ticks(pauses):
        first, last = to_moment(max(lower, begin)), to_moment(min(upper, end))
        if first < last:
            yield Paused(first, last, hours.worked(first, last))


def _days(calendar: Calendar, begin: int, end: int) -> Iterator[Step]:
    day, last = (
        calendar.local_date(to_moment(begin)),
        calendar.local_date(to_moment(end)),
    )
    while day <= last:
        plan = calendar.plan(day)
        if plan.kind is not DayKind.WEEKDAY:
            at = to_moment(
                max(
                    begin,
                    first_showing(calendar.tz, (day.toordinal() - EPOCH_ORDINAL) * DAY),
                )
            )
            if plan.frames:
                yield DayDiffers(at, day, plan.kind, plan.name, plan.frames)
            else:
                yield DaySkipped(at, day, plan.kind, plan.name)
        day += timedelta(days=1)


def _clock_changes(calendar: Calendar, begin: int, end: int) -> Iterator[Step]:
    previous: int | None = None
    for lower, _, offset in segments(calendar.tz, begin, end):
        if previous is not None and offset != previous:
            yield ClockChanged(to_moment(lower), (offset - previous) // SECOND)
        previous = offset
