"""What a calendar does on one day: days of its own, holidays, half days, or the weekday."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.frames import Frame
from leitstelle.calendars.rules.problems import CalendarProblem

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class SpecialDay:
    """A day that differs from its weekday: closed where `frames` is empty, open at its own frames otherwise.

    Yearly where `year` is 0. A date of one year goes before a yearly one, and both before public holidays.
    Raises `CalendarProblem` for a date that does not exist (29 February may be yearly).
    """

    month: int
    day: int
    year: int = 0
    name: str = ""
    frames: tuple[Frame, ...] = ()
    kind: DayKind = DayKind.COMPANY_DAY

    def __post_init__(self) -> None:
        try:
            date(self.year or 2000, self.month, self.day)
        except ValueError as error:
            code = "date_format" if self.year else "yearly_format"
            raise CalendarProblem(code, text=str(self)) from error

    def __str__(self) -> str:
        yearly = f"{self.month:02d}-{self.day:02d}"
        return f"{self.year:04d}-{yearly}" if self.year else yearly


@dataclass(frozen=True)
class DayPlan:
    """The frames that begin on one day, and why: `name` is empty for an ordinary weekday."""

    kind: DayKind
    frames: tuple[Frame, ...]
    name: str = ""


class HolidaySource(Protocol):
    """Where public holidays come from: `leitstelle.calendars.rules.holidays.HolidaySet`."""

    def plan(self, day: date) -> DayPlan | None:
        """The plan of a holiday (closed, or a half day with frames); nothing on any other day."""
        ...
