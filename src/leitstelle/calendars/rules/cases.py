"""Cases of service-hours arithmetic with expected results: one JSON object a line, and what comes of it.

`op` is `deadline` (with `seconds`), `worked` (with `end`), `is_open` or `add_days` (with `days`); `calendar`
as in `leitstelle.calendars.rules.form`; `start`, `end`, `pauses` and `expected` in UTC. `accept` lists
further results that are right, `tolerance_s` the seconds a result may be off.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from leitstelle.calendars.rules.calendar import Calendar
from leitstelle.calendars.rules.form import calendar_from
from leitstelle.calendars.rules.problems import CalendarProblem, NeverOpens

Value = datetime | float | bool | None


@dataclass(frozen=True)
class Outcome:
    """One case: what was expected and what came; `error` says why nothing came."""

    line: int
    id: Any
    expected: Any
    got: str | float | bool | None
    ok: bool
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "id": self.id,
            "expected": self.expected,
            "got": self.got,
            "ok": self.ok,
        }
        return {**entry, "line": self.line, "error": self.error} if self.error else entry


def run_cases(lines: Iterable[str | bytes]) -> Iterator[Outcome]:
    """The outcome of every line that is not blank; also of one that cannot be understood."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _run_line(number, line)


def parse_moment(value: object) -> datetime:
    """The moment of an ISO 8601 text with a zone, in UTC; raises `CalendarProblem`."""
    try:
        moment = datetime.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError as error:
        raise CalendarProblem("moment_format", text=value) from error
    if moment.tzinfo is None:
        raise CalendarProblem("moment_zone", text=value)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise CalendarProblem("moment_format", text=value) from error


def plain(value: Value) -> str | float | bool | None:
    """A result as JSON holds it: moments as 2026-03-27T16:30:00Z, whole seconds without a fraction."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _run_line(number: int, line: str | bytes) -> Outcome:
    case: Mapping[str, Any] = {}
    try:
        case = _read(line)
        expected = [_value(case, entry) for entry in (_need(case, "expected"), *_accepted(case))]
        tolerance = _number(case.get("tolerance_s", 0), "tolerance_s")
        got = evaluate(case)
    except NeverOpens as problem:
        # A case may expect that there is no result, by null.
        ok = case.get("expected") is None
        return Outcome(
            number,
            case.get("id"),
            case.get("expected"),
            None,
            ok,
            "" if ok else str(problem),
        )
    except (CalendarProblem, OverflowError) as problem:
        return Outcome(number, case.get("id"), case.get("expected"), None, False, str(problem))
    ok = any(_same(got, value, tolerance) for value in expected)
    return Outcome(number, case.get("id"), case["expected"], plain(got), ok)


def evaluate(case: Mapping[str, Any]) -> Value:
    """The result of one case; raises `CalendarProblem` where it is not of the form."""
    op = _need(case, "op")
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise CalendarProblem("op_unknown", op=op)
    calendar = _calendar(json.dumps(_need(case, "calendar"), sort_keys=True))
    return _OPERATIONS[op](calendar, parse_moment(_need(case, "start")), case)


@lru_cache(maxsize=256)
def _calendar(text: str) -> Calendar:
    """Files of cases name the same few calendars again and again."""
    return calendar_from(json.loads(text))


def _deadline(calendar: Calendar, start: datetime, case: Mapping[str, Any]) -> Value:
    return calendar.deadline(start, _number(_need(case, "seconds"), "seconds"), _pauses(case))


def _worked(calendar: Calendar, start: datetime, case: Mapping[str, Any]) -> Value:
    return calendar.worked(start, parse_moment(_need(case, "end")), _pauses(case))


def _is_open(calendar: Calendar, start: datetime, _: Mapping[str, Any]) -> Value:
    return calendar.is_open(start)


def _add_days(calendar: Calendar, start: datetime, case: Mapping[str, Any]) -> Value:
    days = _number(_need(case, "days"), "days")
    if not days.is_integer():
        raise CalendarProblem("wrong_type", name="days", expected="a whole number")
    return calendar.add_days(start, int(days))


_OPERATIONS = {
    "deadline": _deadline,
    "worked": _worked,
    "is_open": _is_open,
    "add_days": _add_days,
}


def _read(line: str | bytes) -> Mapping[str, Any]:
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        case = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CalendarProblem("not_json", reason=error) from error
    if not isinstance(case, dict):
        raise CalendarProblem("not_object")
    return case


def _need(case: Mapping[str, Any], name: str) -> Any:
    if name not in case:
        raise CalendarProblem("missing", name=name)
    return case[name]


def _accepted(case: Mapping[str, Any]) -> list[Any]:
    accepted = case.get("accept", [])
    if not isinstance(accepted, list):
        raise CalendarProblem("wrong_type", name="accept", expected="a list")
    return accepted


def _pauses(case: Mapping[str, Any]) -> list[tuple[datetime, datetime]]:
    pauses = case.get("pauses") or []
    if not isinstance(pauses, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pauses):
        raise CalendarProblem("wrong_type", name="pauses", expected="a list of pairs of moments")
    return [(parse_moment(begin), parse_moment(end)) for begin, end in pauses]


def _value(case: Mapping[str, Any], value: Any) -> Value:
    """An expected result as the operation gives it."""
    if value is None:
        return None
    if case.get("op") == "worked":
        return _number(value, "expected")
    if case.get("op") == "is_open":
        if not isinstance(value, bool):
            raise CalendarProblem("wrong_type", name="expected", expected="true or false")
        return value
    return parse_moment(value)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CalendarProblem("wrong_type", name=name, expected="a number")
    return float(value)


def _same(got: Value, value: Value, tolerance: float) -> bool:
    if isinstance(got, datetime) and isinstance(value, datetime):
        return abs((got - value).total_seconds()) <= tolerance
    if isinstance(got, bool) or isinstance(value, bool) or got is None or value is None:
        return got is value
    # Results are exact to the microsecond; floats of whole hours must not fail for their last digit.
    return isinstance(got, float) and isinstance(value, float) and abs(got - value) <= tolerance + 1e-6
