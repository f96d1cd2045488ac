"""The vocabulary of conditions: which column takes which operator, and what value each operator asks for."""

from collections.abc import Mapping
from enum import StrEnum


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


def shape_of(operator: Operator) -> Shape:
    """Return what kind of value the operator asks for."""
    return SHAPES.get(operator, Shape.NOTHING)
