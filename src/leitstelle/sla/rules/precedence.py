"""Which agreement applies to a ticket, and why; pure.

An agreement names what it is for: a customer, a contract of theirs, a service, a branch of the category tree, a kind, a
priority; what it leaves open fits every ticket. Of those that fit, the most specific one applies, in this order: the
customer's own goes before the house's, one for a contract that covers the ticket before the others of the customer,
then one for a service, then the longer branch of categories, then a kind, then a priority. Two agreements for exactly
the same would be equally specific; they are refused where they are made (`overlapping`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leitstelle.contracts.choices import Coverage
from leitstelle.contracts.rules.coverage import Cover, Term, coverage, term_at
from leitstelle.sla.choices import Verdict


@dataclass(frozen=True)
class Scope:
    """What an agreement is for; empty fits everything. `category` is a branch, e.g. `network.vpn`."""

    organisation: int | None = None
    category: str = ""
    kind: str = ""
    priority: int | None = None
    contract: int | None = None
    service: int | None = None

    @property
    def specificity(self) -> tuple[int, int, int, int, int, int]:
        """Compares agreements: the greater one goes first."""
        depth = self.category.count(".") + 1 if self.category else 0
        named = (self.organisation is not None, self.contract is not None, self.service is not None)
        return (*named, depth, bool(self.kind), self.priority is not None)


@dataclass(frozen=True)
class Case:
    """What a ticket is, as far as agreements ask."""

    organisation: int | None
    category: str
    kind: str
    priority: int
    service: int | None = None


@dataclass(frozen=True)
class VersionTimes:
    """A version of an agreement; one that `takes_over` also counts for tickets that are open when it begins."""

    version: int
    valid_from: datetime
    takes_over: bool = False


@dataclass(frozen=True)
class Candidate:
    """An agreement with its versions, the oldest first; it ended for tickets opened from `ended_at` on.

    `cover` is the contract of one that is for a contract.
    """

    agreement: int
    name: str
    scope: Scope
    versions: tuple[VersionTimes, ...]
    ended_at: datetime | None = None
    cover: Cover | None = None


@dataclass(frozen=True)
class Judgement:
    """What was decided about one agreement; `version` is the one that counts where it applies or would.

    `term` is what its contract said, where it has one.
    """

    candidate: Candidate
    verdict: Verdict
    version: int | None = None
    term: Term | None = None


def judge(
    candidates: Iterable[Candidate], case: Case, *, opened_at: datetime, at: datetime
) -> list[Judgement]:
    """Return a verdict for every agreement, the one that applies first, then those that fit, then the others."""
    verdicts = [_verdict(one, case, opened_at, at) for one in candidates]
    fitting = sorted(
        (one for one in verdicts if one.verdict is Verdict.APPLIES),
        key=lambda one: (one.candidate.scope.specificity, one.candidate.agreement),
        reverse=True,
    )
    behind = [replace(one, verdict=Verdict.LESS_SPECIFIC) for one in fitting[1:]]
    return [*fitting[:1], *behind, *(one for one in verdicts if one.verdict is not Verdict.APPLIES)]


def winner(judgements: Sequence[Judgement]) -> Judgement | None:
    """Return the agreement that applies, `None` where none fits."""
    first = judgements[0] if judgements else None
    return first if first is not None and first.verdict is Verdict.APPLIES else None


def overlapping(scope: Scope, others: Iterable[Candidate]) -> Candidate | None:
    """Return an agreement in force for exactly the same: nobody could say which of the two applies."""
    return next((one for one in others if one.scope == scope and one.ended_at is None), None)


def _verdict(candidate: Candidate, case: Case, opened_at: datetime, at: datetime) -> Judgement:
    term = term_at(candidate.cover.terms, opened_at) if candidate.cover is not None else None
    misfit = _misfit(candidate.scope, case) or _not_covered(candidate.cover, case, opened_at)
    if misfit is not None:
        return Judgement(candidate, misfit, term=term)
    if candidate.ended_at is not None and opened_at >= candidate.ended_at:
        return Judgement(candidate, Verdict.ENDED, term=term)
    version = _version(candidate, opened_at, at)
    return Judgement(candidate, Verdict.NOT_YET if version is None else Verdict.APPLIES, version, term)


def _not_covered(cover: Cover | None, case: Case, opened_at: datetime) -> Verdict | None:
    if cover is None:
        return None
    return {
        Coverage.NOT_YET: Verdict.CONTRACT_NOT_YET,
        Coverage.OVER: Verdict.CONTRACT_OVER,
        Coverage.OTHER_SERVICES: Verdict.CONTRACT_OTHER,
    }.get(coverage(cover, case.category, opened_at))


def _misfit(scope: Scope, case: Case) -> Verdict | None:
    if scope.organisation is not None and scope.organisation != case.organisation:
        return Verdict.OTHER_ORGANISATION
    if scope.service is not None and scope.service != case.service:
        return Verdict.OTHER_SERVICE
    if scope.category and not (case.category + ".").startswith(scope.category + "."):
        return Verdict.OTHER_CATEGORY
    if scope.kind and scope.kind != case.kind:
        return Verdict.OTHER_KIND
    if scope.priority is not None and scope.priority != case.priority:
        return Verdict.OTHER_PRIORITY
    return None


def _version(candidate: Candidate, opened_at: datetime, at: datetime) -> int | None:
    """The newest version that held when the ticket was opened, or took over since."""
    counting = [
        one.version
        for one in candidate.versions
        if one.valid_from <= opened_at or (one.takes_over and one.valid_from <= at)
    ]
    return counting[-1] if counting else None


@dataclass(frozen=True)
class Moment:
    """From (`at`, `order`) on the ticket is `case`."""

    at: datetime
    order: int
    case: Case


@dataclass(frozen=True)
class Governing:
    """From (`at`, `order`) on that version counts; `None` where no agreement fits."""

    at: datetime
    order: int
    version: int | None


def governing(
    candidates: Sequence[Candidate], history: Sequence[Moment], *, opened_at: datetime, now: datetime
) -> list[Governing]:
    """Return which version counts for a ticket from when on, its opening first.

    Decided anew when the ticket changes in something agreements ask for, and when a version begins that takes over.
    """
    points = [(one.at, one.order, one.case) for one in history if one.at <= now]
    if not points:
        return []
    begins = {
        version.valid_from
        for one in candidates
        for version in one.versions
        if version.takes_over and points[0][0] < version.valid_from <= now
    }
    for moment in begins:
        case = [case for at, _order, case in points if at <= moment][-1]
        points.append((moment, 0, case))
    found: list[Governing] = []
    for at, order, case in sorted(points, key=lambda point: point[:2]):
        best = winner(judge(candidates, case, opened_at=opened_at, at=at))
        version = best.version if best is not None else None
        if not found or found[-1].version != version:
            found.append(Governing(at, order, version))
    return found
