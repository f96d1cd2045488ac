"""Conditions of saved views as plain values: which column takes which operator and what value, and how they are kept.

Owns the stored form (JSON with a version) and the arithmetic of days. Leaves names to `labels` and SQL to `queries`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

VERSION = 1
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


class Column(StrEnum):
    """What a condition looks at."""

    STATUS_TYPE = "status_type"
    STATUS = "status"
    PRIORITY = "priority"
    CATEGORY = "category"
    SERVICE = "service"
    TEAM = "team"
    LEVEL = "level"
    ASSIGNEE = "assignee"
    ORGANISATION = "organisation"
    REQUESTER = "requester"
    KIND = "kind"
    CHANNEL = "channel"
    DUE = "due"
    CREATED = "created"
    UPDATED = "updated"
    LAST_MESSAGE = "last_message"
    UNANSWERED = "unanswered"
    VIP = "vip"
    UNDELIVERED = "undelivered"
    AT_VENDOR = "at_vendor"
    VENDOR_NEEDS_US = "vendor_needs_us"
    PING_PONG = "ping_pong"
    MAJOR = "major"
    BY_HAND = "priority_by_hand"
    SUBJECT = "subject"
    IMPACT = "impact"
    URGENCY = "urgency"
    LANGUAGE = "language"
    WORDS = "words"
    SENDER = "sender"
    SENDER_DOMAIN = "sender_domain"
    MAILBOX = "mailbox"
    DEVICE = "device"


class Operator(StrEnum):
    """How a column is compared."""

    IN = "in"
    NOT_IN = "not_in"
    EMPTY = "empty"
    FILLED = "filled"
    LAST_DAYS = "last_days"
    OLDER_DAYS = "older_days"
    TODAY = "today"
    FROM = "from"
    BEFORE = "before"
    OVERDUE = "overdue"
    WITHIN_HOURS = "within_hours"
    YES = "yes"
    NO = "no"
    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"
    IS_NOT = "is_not"


class Shape(StrEnum):
    """What kind of value an operator asks for."""

    NOTHING = "nothing"
    LIST = "list"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"


class Problem(StrEnum):
    """Why a condition cannot be used."""

    UNKNOWN = "unknown"
    VALUE_MISSING = "value_missing"
    VALUE_WRONG = "value_wrong"
    TOO_MANY = "too_many"


SHAPES: Mapping[Operator, Shape] = {
    Operator.IN: Shape.LIST,
    Operator.NOT_IN: Shape.LIST,
    Operator.LAST_DAYS: Shape.NUMBER,
    Operator.OLDER_DAYS: Shape.NUMBER,
    Operator.WITHIN_HOURS: Shape.NUMBER,
    Operator.FROM: Shape.DAY,
    Operator.BEFORE: Shape.DAY,
    Operator.CONTAINS: Shape.TEXT,
    Operator.LACKS: Shape.TEXT,
    Operator.IS: Shape.TEXT,
    Operator.IS_NOT: Shape.TEXT,
}

_CHOICE = (Operator.IN, Operator.NOT_IN)
_CHOICE_OR_NONE = (*_CHOICE, Operator.EMPTY, Operator.FILLED)
_MOMENT = (Operator.LAST_DAYS, Operator.OLDER_DAYS, Operator.TODAY, Operator.FROM, Operator.BEFORE)
_FLAG = (Operator.YES, Operator.NO)

OPERATORS: Mapping[Column, tuple[Operator, ...]] = {
    Column.STATUS_TYPE: _CHOICE,
    Column.STATUS: _CHOICE,
    Column.PRIORITY: _CHOICE,
    Column.CATEGORY: _CHOICE_OR_NONE,
    Column.SERVICE: _CHOICE_OR_NONE,
    Column.TEAM: _CHOICE_OR_NONE,
    Column.LEVEL: _CHOICE_OR_NONE,
    Column.ASSIGNEE: _CHOICE,
    Column.ORGANISATION: _CHOICE_OR_NONE,
    Column.REQUESTER: _CHOICE_OR_NONE,
    Column.KIND: _CHOICE,
    Column.CHANNEL: _CHOICE,
    Column.DUE: (
        Operator.OVERDUE,
        Operator.TODAY,
        Operator.WITHIN_HOURS,
        Operator.FROM,
        Operator.BEFORE,
        Operator.EMPTY,
        Operator.FILLED,
    ),
    Column.CREATED: _MOMENT,
    Column.UPDATED: _MOMENT,
    Column.LAST_MESSAGE: _MOMENT,
    Column.UNANSWERED: _FLAG,
    Column.VIP: _FLAG,
    Column.UNDELIVERED: _FLAG,
    Column.AT_VENDOR: _FLAG,
    Column.VENDOR_NEEDS_US: _FLAG,
    Column.PING_PONG: _FLAG,
    Column.MAJOR: _FLAG,
    Column.BY_HAND: _FLAG,
    Column.SUBJECT: (Operator.CONTAINS, Operator.LACKS),
    Column.IMPACT: _CHOICE,
    Column.URGENCY: _CHOICE,
    Column.LANGUAGE: _CHOICE,
    Column.WORDS: (Operator.CONTAINS, Operator.LACKS),
    Column.SENDER: (Operator.CONTAINS, Operator.LACKS),
    Column.SENDER_DOMAIN: (Operator.IS, Operator.IS_NOT),
    Column.MAILBOX: (Operator.IS, Operator.IS_NOT),
    Column.DEVICE: (Operator.CONTAINS, Operator.LACKS),
}
# What only one ticket at a time is asked for, as it comes in: lists cannot be cut by it.
OF_ONE_TICKET = (Column.WORDS, Column.SENDER, Column.SENDER_DOMAIN, Column.MAILBOX, Column.DEVICE)
VIEW_COLUMNS = tuple(one for one in Column if one not in OF_ONE_TICKET)

ME, NOBODY, MY_TEAMS = "me", "nobody", "my_teams"
# Columns whose lists hold ids, and the words that may stand among them.
WORDS: Mapping[Column, frozenset[str]] = {
    Column.PRIORITY: frozenset(),
    Column.CATEGORY: frozenset(),
    Column.SERVICE: frozenset(),
    Column.TEAM: frozenset({MY_TEAMS}),
    Column.LEVEL: frozenset(),
    Column.ASSIGNEE: frozenset({ME, NOBODY, MY_TEAMS}),
    Column.ORGANISATION: frozenset(),
    Column.REQUESTER: frozenset(),
}
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


def shape_of(operator: Operator) -> Shape:
    """Return what kind of value the operator asks for."""
    return SHAPES.get(operator, Shape.NOTHING)


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


def stored(conditions: Conditions) -> dict[str, Any]:
    """Return the form that is kept as JSON."""
    return {
        "version": VERSION,
        "match": str(conditions.match),
        "rows": [_stored_row(row) for row in conditions.rows],
    }


def _stored_row(row: Condition | Group) -> dict[str, Any]:
    if isinstance(row, Group):
        return {"match": str(row.match), "rows": [_stored_row(one) for one in row.rows]}
    value = list(row.value) if isinstance(row.value, tuple) else row.value
    return {"column": str(row.column), "operator": str(row.operator), "value": value}


def read(data: object) -> Conditions:
    """Return the conditions of a stored form. Never raises: what is not understood makes them `broken`."""
    if (
        not isinstance(data, Mapping)
        or data.get("version") != VERSION
        or data.get("match") not in tuple(Match)
    ):
        return Conditions(broken=True)
    rows, broken = _read_rows(data.get("rows"), groups=True)
    count = sum(len(row.rows) if isinstance(row, Group) else 1 for row in rows)
    groups = sum(isinstance(row, Group) for row in rows)
    too_many = count > MOST_ROWS or groups > MOST_GROUPS
    return Conditions(Match(data["match"]), tuple(rows), broken or too_many)


def _read_rows(data: object, *, groups: bool) -> tuple[list[Any], bool]:
    if not isinstance(data, list):
        return [], True
    rows: list[Condition | Group] = []
    broken = False
    for item in data:
        row, bad = _read_row(item, groups=groups)
        broken = broken or bad
        if row is not None:
            rows.append(row)
    return rows, broken


def _read_row(item: object, *, groups: bool) -> tuple[Condition | Group | None, bool]:
    if not isinstance(item, Mapping):
        return None, True
    if groups and "rows" in item:
        if item.get("match") not in tuple(Match):
            return None, True
        rows, broken = _read_rows(item["rows"], groups=False)
        return Group(Match(item["match"]), tuple(rows)), broken
    value = item.get("value")
    values = value if isinstance(value, list) else [value]
    try:
        return make(str(item.get("column")), str(item.get("operator")), values), False
    except ValueError:
        return None, True


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


def span(condition: Condition, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return the moments a time condition lets through, from (inclusive) and to (exclusive), aware UTC.

    Days begin at midnight in `zone`, so that "today" has 23 or 25 hours when clocks change. `None`: no bound.
    """
    value, operator = condition.value, condition.operator
    if operator is Operator.LAST_DAYS and isinstance(value, int):
        return now - timedelta(days=value), None
    if operator is Operator.OLDER_DAYS and isinstance(value, int):
        return None, now - timedelta(days=value)
    if operator is Operator.WITHIN_HOURS and isinstance(value, int):
        return now, now + timedelta(hours=value)
    if operator is Operator.OVERDUE:
        return None, now
    if operator is Operator.TODAY:
        today = now.astimezone(zone).date()
        return _midnight(today, zone), _midnight(today + timedelta(days=1), zone)
    if operator is Operator.FROM and isinstance(value, str):
        return _midnight(date.fromisoformat(value), zone), None
    if operator is Operator.BEFORE and isinstance(value, str):
        return None, _midnight(date.fromisoformat(value), zone)
    return None, None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
