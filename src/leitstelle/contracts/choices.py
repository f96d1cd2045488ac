"""Codes of the contracts domain; their sentences are in `labels`."""

from enum import StrEnum


class PatternProblem(StrEnum):
    """Why a pattern is refused."""

    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    NOT_REGULAR = "not_regular"
    TOO_LOOSE = "too_loose"
    TOO_SHORT = "too_short"
    NOT_ALLOWED = "not_allowed"


class Standing(StrEnum):
    """Where a promise stands."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"
    LEFT = "left"


class Coverage(StrEnum):
    """Whether a customer's contract covers a ticket, and if not, why."""

    COVERED = "covered"
    NOT_YET = "not_yet"
    OVER = "over"
    OTHER_SERVICES = "other_services"
