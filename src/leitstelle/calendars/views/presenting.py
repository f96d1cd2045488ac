"""Values of the rules in words and pictures: weeks as bars, days with names, steps of an explanation as lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from leitstelle.calendars import labels
from leitstelle.calendars.rules import (
    WEEKDAYS,
    Calendar,
    CalendarProblem,
    DayKind,
    DayPlan,
    Explanation,
    Frame,
    VersionedCalendar,
    format_frames,
)
from leitstelle.calendars.rules.explanation import (
    ClockChanged,
    DayDiffers,
    DaySkipped,
    FrameUsed,
    Paused,
    Step,
    VersionChanged,
)
from leitstelle.kernel.web import formats

DAY = 24 * 60
LOOK_AHEAD_DAYS, SHOWN_DAYS = 400, 12
# What a form of service hours tries, in hours of service time.
TRIED_HOURS = (1, 4, 8, 24)


@dataclass(frozen=True)
class WeekRow:
    """One weekday: its frames as text, and bars as (first minute, length) within the 24 hours of the day."""

    label: str
    text: str
    bars: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ComingDay:
    """A holiday, half day or company day soon to come; `hours` is empty where closed."""

    day: date
    name: str
    kind: str
    hours: str


@dataclass(frozen=True)
class StepLine:
    """One step of an explanation: symbol, moment, sentence."""

    icon: str
    at: datetime
    text: str
    note: str = ""


def week_rows(calendar: Calendar) -> list[WeekRow]:
    """The ordinary week; a frame past midnight goes on in the row of the next day."""
    bars: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for number, frames in enumerate(calendar.week):
        for frame in frames:
            bars[number].append((frame.start, min(frame.end, DAY) - frame.start))
            if frame.end > DAY:
                bars[(number + 1) % 7].append((0, frame.end - DAY))
    return [
        WeekRow(str(labels.WEEKDAYS[name]), format_frames(calendar.week[number]), tuple(sorted(bars[number])))
        for number, name in enumerate(WEEKDAYS)
    ]


def week_text(calendar: Calendar) -> str:
    """The week in one line: Montag–Freitag 08:00–17:00; closed days are left out."""
    if all(format_frames(frames) == "00:00–24:00" for frames in calendar.week):
        return _("around the clock")
    parts = []
    for text, days in groupby(enumerate(calendar.week), key=lambda item: format_frames(item[1])):
        numbers = [number for number, _frames in days]
        names = [str(labels.WEEKDAYS[WEEKDAYS[number]]) for number in (numbers[0], numbers[-1])]
        if text:
            parts.append(f"{'–'.join(dict.fromkeys(names))} {text}")
    return "; ".join(parts) or _("never open")


def coming_days(hours: VersionedCalendar, now: datetime) -> list[ComingDay]:
    """The next days that differ from their weekday, each by the version that will hold then."""
    found: list[ComingDay] = []
    for number in range(LOOK_AHEAD_DAYS):
        moment = now + timedelta(days=number)
        calendar = hours.at(moment)
        day = calendar.local_date(moment)
        plan = calendar.plan(day)
        if plan.kind is not DayKind.WEEKDAY and len(found) < SHOWN_DAYS:
            kind = _kind(plan, calendar.week[day.weekday()])
            found.append(ComingDay(day, plan.name or kind, kind, format_frames(plan.frames)))
    return found


def _kind(plan: DayPlan, usual: tuple[Frame, ...]) -> str:
    """What a day is beside its ordinary weekday: a half day on a Saturday without service is an extra opening."""
    if not plan.frames:
        return str(labels.DAY_KINDS[plan.kind])
    if not usual:
        return _("Extra opening")
    return _("Half day") if _minutes(plan.frames) < _minutes(usual) else _("Other hours")


def _minutes(frames: tuple[Frame, ...]) -> int:
    return sum(frame.end - frame.start for frame in frames)


def step_lines(explanation: Explanation) -> list[tuple[date, list[StepLine]]]:
    """The steps in words by local day, closed with the deadline itself."""
    lines = [line for step in explanation.steps for line in _lines(step)]
    lines.append(StepLine("flag", explanation.deadline, _("Deadline")))
    return [
        (day, list(steps)) for day, steps in groupby(lines, key=lambda line: formats.local(line.at).date())
    ]


def _lines(step: Step) -> Iterator[StepLine]:
    match step:
        case FrameUsed():
            text = _("Service time until %(until)s counts: %(seconds)s") % {
                "until": _until(step.at, step.until),
                "seconds": formats.duration(step.seconds),
            }
            note = _("%(total)s so far") % {"total": formats.duration(step.total)}
            yield StepLine("player-play", step.at, text, note)
        case DaySkipped():
            text = _("Closed: %(name)s") % {"name": step.name or labels.DAY_KINDS[step.kind]}
            yield StepLine("coffee", step.at, text)
        case DayDiffers():
            values = {"name": step.name or labels.DAY_KINDS[step.kind], "hours": format_frames(step.frames)}
            yield StepLine("calendar-event", step.at, _("%(name)s: open %(hours)s only") % values)
        case Paused():
            values = {"until": _until(step.at, step.until), "seconds": formats.duration(step.seconds)}
            text = _("Paused until %(until)s: %(seconds)s do not count") % values
            yield StepLine("player-pause", step.at, text)
        case ClockChanged():
            forward = step.seconds > 0
            text = _("The clock is put forward") if forward else _("The clock is put back")
            yield StepLine("clock", step.at, text)
        case VersionChanged():
            yield StepLine("history", step.at, _("Other service hours hold from here"))


def _until(at: datetime, until: datetime) -> str:
    same_day = formats.local(at).date() == formats.local(until).date()
    return formats.clock_time(until) if same_day else formats.day_time(until)


def previewed(hours: Calendar, start: datetime) -> list[tuple[str, datetime | None]]:
    """Some amounts of service time in words, each with when it is due from `start` (aware); `None` for never."""
    due: list[datetime | None] = []
    for amount in TRIED_HOURS:
        try:
            due.append(hours.deadline(start, amount * 3600))
        except CalendarProblem:
            break  # what does not come for less does not come for more
    due += [None] * (len(TRIED_HOURS) - len(due))
    return [(formats.duration(amount * 3600), at) for amount, at in zip(TRIED_HOURS, due, strict=True)]
