"""Frames: stretches of service time within a day, in minutes of local wall time after its midnight."""

import re
from dataclasses import dataclass
from itertools import pairwise

from leitstelle.calendars.rules.problems import CalendarProblem

DAY = 24 * 60
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:Uhr|h))?", re.IGNORECASE)
_CLOSED = {"", "-", "–", "closed", "geschlossen"}
_DASH = re.compile(r"\s*(?:-|–|—|\bbis\b|\bto\b)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/\n]|\bund\b|\band\b", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Frame:
    """Open from `start` up to, not including, `end`: minutes after the midnight of the day it begins on.

    `end` may pass midnight (22:00-30:00) and may be 24:00. Raises `CalendarProblem` for a frame without
    length, one that ends before it begins, begins at 24:00 or later, or is longer than 24 hours.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        code = ""
        if self.start == self.end:
            code = "frame_empty"
        elif self.end < self.start:
            code = "frame_backwards"
        elif not 0 <= self.start < DAY:
            code = "frame_start"
        elif self.end - self.start > DAY:
            code = "frame_long"
        if code:
            raise CalendarProblem(code, text=str(self))

    def __str__(self) -> str:
        return f"{clock(self.start)}-{clock(self.end)}"


def clock(minutes: int) -> str:
    """Minutes after midnight as people write them: 480 → 08:00, 1800 → 30:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_clock(text: str) -> int:
    """Minutes after midnight of „8“, „08:00“, „8.30 Uhr“ or „30:00“."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise CalendarProblem("time_format", text=text.strip())
    hours, minutes = int(found[1]), int(found[2] or 0)
    if minutes > 59 or hours * 60 + minutes > 2 * DAY:
        raise CalendarProblem("time_format", text=text.strip())
    return hours * 60 + minutes


def parse_frame(text: str) -> Frame:
    """One frame of a text such as „08:00–12:00“."""
    ends = _DASH.split(text.strip())
    if len(ends) != 2:
        raise CalendarProblem("frame_format", text=text.strip())
    return Frame(parse_clock(ends[0]), parse_clock(ends[1]))


def parse_frames(text: str) -> tuple[Frame, ...]:
    """The frames of a day as a person types them: „08:00–12:00, 13:00–17:00“; nothing: closed.

    Raises `CalendarProblem` for what is no frame and for frames that overlap: two overlapping frames in one
    line are more often a slip than a wish.
    """
    if text.strip().lower() in _CLOSED:
        return ()
    frames = tuple(sorted(parse_frame(part) for part in _BETWEEN.split(text) if part.strip()))
    for first, second in pairwise(frames):
        if second.start < first.end:
            raise CalendarProblem("frames_overlap", first=str(first), second=str(second))
    return frames


def format_frames(frames: tuple[Frame, ...]) -> str:
    """The text that `parse_frames` reads back: „08:00–12:00, 13:00–17:00“."""
    return ", ".join(f"{clock(frame.start)}–{clock(frame.end)}" for frame in frames)


def joined(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """The same time without overlaps and seams, in order."""
    result: list[Frame] = []
    for frame in sorted(frames):
        last = result[-1] if result else None
        if last and frame.start <= last.end and max(last.end, frame.end) - last.start <= DAY:
            result[-1] = Frame(last.start, max(last.end, frame.end))
        else:
            result.append(frame)
    return tuple(result)
