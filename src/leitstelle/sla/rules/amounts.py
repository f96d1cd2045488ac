"""Amounts of service time as people write them: "30 min", "4 h", "13:30 h", "3 Tage"; pure.

A working day is the service time of an ordinary week divided by its days with service, holidays left aside. It is
turned into seconds when a version is published, so that a promise does not grow or shrink with later service hours
(decision "working-days").
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from leitstelle.calendars.rules import Week

MINUTE, HOUR = 60, 3600
LONGEST = 10_000 * HOUR
_AMOUNT = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*([a-zäöü.]*)\s*$", re.IGNORECASE)
_HOURS_MINUTES = re.compile(r"^\s*(\d{1,5}):([0-5]\d)\s*([a-z.]*)\s*$", re.IGNORECASE)
_MINUTES = {"m", "min", "minute", "minutes", "minuten"}
_HOURS = {"", "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"}
_DAYS = {"d", "day", "days", "t", "tag", "tage", "tagen", "at"}


class AmountProblem(ValueError):
    """A text that is no amount, or one that is nothing or far too much."""


@dataclass(frozen=True)
class Amount:
    """Service time in seconds, or in working days where `days` is given."""

    seconds: int = 0
    days: int | None = None

    def in_seconds(self, day_seconds: int) -> int:
        """The service seconds, a working day having `day_seconds`."""
        return self.seconds if self.days is None else self.days * day_seconds


def parse(text: str) -> Amount | None:
    """Read an amount; a number alone is hours, an empty text is no amount. Raises `AmountProblem`."""
    if not text.strip():
        return None
    by_clock = _HOURS_MINUTES.match(text)
    if by_clock is not None and by_clock[3].lower().rstrip(".") in _HOURS:
        return _checked(text, Amount(int(by_clock[1]) * HOUR + int(by_clock[2]) * MINUTE))
    found = _AMOUNT.match(text)
    if found is None:
        raise AmountProblem(text)
    unit = found[2].lower().rstrip(".")
    try:
        value = Decimal(found[1].replace(",", "."))
    except InvalidOperation as error:
        raise AmountProblem(text) from error
    if unit in _DAYS:
        return _checked(text, Amount(days=int(value)) if value == int(value) else Amount(days=0))
    if unit in _HOURS:
        return _checked(text, Amount(int(value * HOUR)))
    if unit in _MINUTES:
        return _checked(text, Amount(int(value * MINUTE)))
    raise AmountProblem(text)


def _checked(text: str, amount: Amount) -> Amount:
    if not 0 < amount.in_seconds(8 * HOUR) <= LONGEST:
        raise AmountProblem(text)
    return amount


def day_seconds(week: Week) -> int:
    """The seconds of one working day of a week of service hours; a whole day where it never opens."""
    days = [sum(frame.end - frame.start for frame in frames) for frames in week if frames]
    return round(sum(days) * MINUTE / len(days)) if days else 24 * HOUR
