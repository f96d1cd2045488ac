"""Days that differ, as lines of text: „24.12. 08:00–12:00 Heiligabend“, „15.05.2026 Betriebsausflug“.

A line is a date, then frames where the day is open, then a name. Without frames the day is closed.
"""

import re
from collections.abc import Iterable

from leitstelle.calendars.rules import CalendarProblem, DayKind, SpecialDay, format_frames, parse_frames
from leitstelle.calendars.rules.form import parse_date

_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")
_ISO = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}")
_CLOCK = r"\d{1,2}(?:[:.]\d{2})?(?:\s*Uhr)?"
_FRAME = rf"{_CLOCK}\s*[-–—]\s*{_CLOCK}"
_FRAMES = re.compile(rf"{_FRAME}(?:\s*(?:,|;|/|und)\s*{_FRAME})*", re.IGNORECASE)
_CLOSED = re.compile(r"(?:geschlossen|closed)\b", re.IGNORECASE)


def parse_days(text: str) -> tuple[SpecialDay, ...]:
    """The days of all lines that are not blank; raises `CalendarProblem`, also for a day given twice."""
    days = [_parse_line(line.strip()) for line in text.splitlines() if line.strip()]
    seen: set[tuple[int, int, int]] = set()
    for day in days:
        key = (day.year, day.month, day.day)
        if key in seen:
            raise CalendarProblem("given_twice", text=format_day(day))
        seen.add(key)
    return tuple(days)


def format_days(days: Iterable[SpecialDay]) -> str:
    """The text that `parse_days` reads back."""
    lines = []
    for day in days:
        parts = (format_day(day), format_frames(day.frames), day.name)
        lines.append(" ".join(part for part in parts if part))
    return "\n".join(lines)


def format_day(day: SpecialDay) -> str:
    """24.12. for every year, 24.12.2026 for one."""
    return f"{day.day:02d}.{day.month:02d}.{day.year or ''}"


def _parse_line(line: str) -> SpecialDay:
    (year, month, day), rest = _split_date(line)
    frames = _FRAMES.match(rest)
    if frames:
        name = rest[frames.end() :].strip(" ,:–-")
        return SpecialDay(month, day, year, name, parse_frames(frames[0]), DayKind.HALF_DAY)
    closed = _CLOSED.match(rest)
    name = rest[closed.end() :].strip(" ,:–-") if closed else rest
    if re.match(r"\d", name):
        # A name that begins with a digit is nearly always a time range with a slip in it.
        raise CalendarProblem("frame_format", text=name)
    return SpecialDay(month, day, year, name)


def _split_date(line: str) -> tuple[tuple[int, int, int], str]:
    german = _GERMAN.match(line)
    if german:
        return (int(german[3] or 0), int(german[2]), int(german[1])), line[german.end() :].strip(" :,")
    iso = _ISO.match(line)
    if iso:
        return parse_date(iso[0]), line[iso.end() :].strip(" :,")
    raise CalendarProblem("date_format", text=line.split()[0])
