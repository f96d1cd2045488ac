"""What a customer's contract covers and when; pure. Branches are ids from the root of the category tree: `4.17`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from leitstelle.contracts.choices import Coverage


@dataclass(frozen=True)
class Term:
    """One version of a contract: known from `recorded_at` on, valid from `begins` up to but not at `ends` (aware).

    `first_day` and `last_day` are the same as days of the house, for telling. Without `branches` all is covered.
    """

    recorded_at: datetime
    begins: datetime
    ends: datetime | None
    first_day: date
    last_day: date | None
    branches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cover:
    """A contract with its versions, the oldest first; `label` is what people call it."""

    contract: int
    label: str
    terms: tuple[Term, ...]


def term_at(terms: Sequence[Term], opened_at: datetime) -> Term:
    """Return the version that was known when a ticket was opened; the first one for what was opened before it.

    So a change never moves deadlines that were already promised.
    """
    known = [term for term in terms if term.recorded_at <= opened_at]
    return known[-1] if known else terms[0]


def coverage(cover: Cover, branch: str, opened_at: datetime) -> Coverage:
    """Say whether a contract covers a ticket of this branch opened then, and if not, why."""
    term = term_at(cover.terms, opened_at)
    if opened_at < term.begins:
        return Coverage.NOT_YET
    if term.ends is not None and opened_at >= term.ends:
        return Coverage.OVER
    if term.branches and not any(within(branch, one) for one in term.branches):
        return Coverage.OTHER_SERVICES
    return Coverage.COVERED


def within(branch: str, wider: str) -> bool:
    """Whether a branch is `wider` or below it."""
    return f"{branch}.".startswith(f"{wider}.")


def overlap(
    first: tuple[date, date | None, Sequence[str]], second: tuple[date, date | None, Sequence[str]]
) -> bool:
    """Whether two contracts (first day, last day, branches) would cover the same service on the same day."""
    apart = (first[1] is not None and first[1] < second[0]) or (
        second[1] is not None and second[1] < first[0]
    )
    if apart:
        return False
    if not first[2] or not second[2]:
        return True
    return any(within(one, other) or within(other, one) for one in first[2] for other in second[2])
