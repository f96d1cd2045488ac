"""Conditions of saved views and rules as plain values, and what makes a comparison usable.

Names are given by `labels`, SQL by `queries`; columns stand in `columns`, the stored form in `kept_conditions`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from leitstelle.tickets.rules.columns import OPERATORS, WORDS, Column, Operator, Shape, shape_of

T = TypeVar("T")


MOST_ROWS = 20


MOST_GROUPS = 5


MOST_VALUES = 50


LONGEST_TEXT = 100


LONGEST_KEY = 40


MOST_DAYS = 3650


MOST_HOURS = 8760


_HIGHEST_ID = 2**63 - 1


Value = tuple[str | int, ...] | int | str | None


class Match(StrEnum):
    """Whether all conditions must hold, or one of them."""

    ALL = "all"
    ANY = "any"


class Problem(StrEnum):
    """Why a condition cannot be used."""

    UNKNOWN = "unknown"
    VALUE_MISSING = "value_missing"
    VALUE_WRONG = "value_wrong"
    TOO_MANY = "too_many"


_COLUMNS = {str(one): one for one in Column}


_OPERATORS = {str(one): one for one in Operator}


@dataclass(frozen=True)
class Condition:
    """One comparison. The value's shape follows from the operator."""

    column: Column
    operator: Operator
    value: Value = None


@dataclass(frozen=True)
class Group:
    """Conditions taken together; groups hold no groups."""

    match: Match
    rows: tuple[Condition, ...]


@dataclass(frozen=True)
class Conditions:
    """All conditions of a view. `broken`: something stored was not understood, so nothing may be shown."""

    match: Match = Match.ALL
    rows: tuple[Condition | Group, ...] = ()
    broken: bool = False


class NotUsable(ValueError):
    """A condition that makes no sense; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def make(column: str, operator: str, values: Sequence[Any]) -> Condition:
    """Return the condition that these raw values mean; raises `NotUsable`.

    `values` are the entries of a list, or one entry for numbers, days (ISO 8601) and texts.
    """
    col, op = _COLUMNS.get(column), _OPERATORS.get(operator)
    if col is None or op is None or op not in OPERATORS[col]:
        raise NotUsable(Problem.UNKNOWN)
    shape = shape_of(op)
    if shape is Shape.NOTHING:
        return Condition(col, op)
    given = [value for value in values if value is not None and str(value).strip()]
    if not given:
        raise NotUsable(Problem.VALUE_MISSING)
    if shape is Shape.LIST:
        return Condition(col, op, _list(col, given))
    return Condition(col, op, _single(shape, op, given[0]))


def _list(column: Column, given: Sequence[Any]) -> tuple[str | int, ...]:
    entries = tuple(dict.fromkeys(_entry(column, value) for value in given))
    if len(entries) > MOST_VALUES:
        raise NotUsable(Problem.TOO_MANY)
    return entries


def _entry(column: Column, value: Any) -> str | int:
    words = WORDS.get(column)
    if words is not None:
        return str(value) if str(value) in words else _number(value, _HIGHEST_ID)
    text = str(value)
    if not isinstance(value, str) or not _storable(text) or len(text) > LONGEST_KEY:
        raise NotUsable(Problem.VALUE_WRONG)
    return text


def _single(shape: Shape, operator: Operator, value: Any) -> Value:
    if shape is Shape.NUMBER:
        return _number(value, MOST_HOURS if operator is Operator.WITHIN_HOURS else MOST_DAYS)
    text = str(value).strip()
    if shape is Shape.DAY:
        return _day(text).isoformat()
    if not _storable(text) or len(text) > LONGEST_TEXT:
        raise NotUsable(Problem.VALUE_WRONG)
    return text


def _storable(text: str) -> bool:
    """Whether both databases keep the text: PostgreSQL refuses zeros and halves of characters."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _number(value: Any, most: int) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 20):
        raise NotUsable(Problem.VALUE_WRONG)
    number = int(text)
    if not 1 <= number <= most:
        raise NotUsable(Problem.VALUE_WRONG)
    return number


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotUsable(Problem.VALUE_WRONG) from error
    # Midnight in any zone must still be a moment that databases know.
    if not 1900 <= day.year <= 9000:
        raise NotUsable(Problem.VALUE_WRONG)
    return day


def folded(
    conditions: Conditions, each: Callable[[Condition], T], joined: Callable[[Match, list[T]], T]
) -> T:
    """Turn conditions into one value: `each` makes one of every condition, `joined` those of a group into one.

    Groups without conditions are left out. Whether broken conditions mean anything is the caller's matter.
    """
    parts = [
        joined(row.match, [each(one) for one in row.rows]) if isinstance(row, Group) else each(row)
        for row in conditions.rows
        if not isinstance(row, Group) or row.rows
    ]
    return joined(conditions.match, parts)


def every_condition(conditions: Conditions) -> Iterable[Condition]:
    """Yield all conditions, those in groups too."""
    for row in conditions.rows:
        if isinstance(row, Group):
            yield from row.rows
        else:
            yield row
