"""When a mail may leave: at once, collected, or daily, and never within somebody's quiet hours.

Quiet hours are wall time of the recipient's zone. A moment is quiet if the clock on their wall shows a quiet time at
it; so they begin and end right on the nights the clock changes (`calendars.rules.zones` says how).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules import Calendar, DayPlan, Frame
from leitstelle.calendars.rules.zones import DAY as DAY_TICKS
from leitstelle.calendars.rules.zones import SECOND, first_showing, to_moment, to_ticks, wall_ticks
from leitstelle.notifications.choices import MailChoice

DAY = 24 * 60
WEEK = range(7)


@dataclass(frozen=True)
class Quiet:
    """No mail from `begin` up to `end` (minutes after midnight, over midnight where `end` is smaller) and on `days`.

    `begin` equal to `end` means no quiet time within the day. `days` counts Monday as 0.
    """

    begin: int = 0
    end: int = 0
    days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Times:
    """A person's rhythm. `is_free` tells their holidays; `digest_at` is in minutes after midnight."""

    tz: str
    quiet: Quiet = Quiet()
    urgent_passes: bool = False
    batch_minutes: int = 15
    digest_at: int = 8 * 60
    is_free: Callable[[date], bool] | None = None


@dataclass(frozen=True)
class _FreeDays:
    """A person's free days as a calendar's source of holidays: closed all day."""

    is_free: Callable[[date], bool]

    def plan(self, day: date) -> DayPlan | None:
        return DayPlan(DayKind.HOLIDAY, ()) if self.is_free(day) else None


def open_frames(quiet: Quiet) -> tuple[Frame, ...]:
    """The times of a day at which mail may arrive."""
    begin, end = quiet.begin, quiet.end
    if begin == end:
        return (Frame(0, DAY),)
    if end < begin:
        return (Frame(end, begin),)
    return tuple(Frame(start, stop) for start, stop in ((0, begin), (end, DAY)) if start < stop)


def held_until(moment: datetime, times: Times) -> datetime:
    """Return the first moment from `moment` (aware) on that is not quiet; `moment` itself where it is not.

    Where every day is quiet nothing is held: a mail that never leaves helps nobody.
    """
    if times.quiet.days >= frozenset(WEEK):
        return moment
    frames = open_frames(times.quiet)
    week = tuple(() if day in times.quiet.days else frames for day in WEEK)
    source = _FreeDays(times.is_free) if times.is_free is not None else None
    return Calendar(times.tz, week, holidays=source).next_opening(moment)


def next_digest(moment: datetime, times: Times) -> datetime:
    """Return the next moment after `moment` at which the person's clock shows their hour of the daily mail."""
    ticks = to_ticks(moment)
    today = wall_ticks(times.tz, ticks) // DAY_TICKS
    for day in (today, today + 1):
        found = first_showing(times.tz, day * DAY_TICKS + times.digest_at * 60 * SECOND)
        if found > ticks:
            return to_moment(found)
    return moment + timedelta(days=1)


def due_at(mail: str, now: datetime, times: Times, *, urgent: bool) -> datetime:
    """Return when a mail of this choice is due; urgent ones pass quiet hours where the person allows it."""
    wanted = now
    if mail == MailChoice.BATCHED:
        wanted = now + timedelta(minutes=times.batch_minutes)
    elif mail == MailChoice.DAILY:
        wanted = next_digest(now, times)
    return wanted if urgent and times.urgent_passes else held_until(wanted, times)
