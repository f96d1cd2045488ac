"""What raises a priority beyond the matrix: an important person, a branch such as security, any other condition."""

from collections.abc import Iterable
from dataclasses import dataclass

from leitstelle.catalog.choices import HIGHEST_RANK


@dataclass(frozen=True)
class Modifier:
    """Raises by `steps`, or to `floor` at least; never beyond `cap`. Ranks: 1 is worst.

    It counts where all that it names fits; what it leaves empty does not matter.
    """

    id: int
    order: int
    steps: int = 0
    floor: int | None = None
    cap: int = HIGHEST_RANK
    for_vip: bool = False
    organisation_id: int | None = None
    impacts: frozenset[str] = frozenset()
    urgencies: frozenset[str] = frozenset()
    categories: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Step:
    """What one modifier did to the priority."""

    modifier_id: int
    before: int
    after: int


@dataclass(frozen=True)
class Case:
    """What is known of a ticket when it is classified; `branch` is the path of its category from the root."""

    impact: str
    urgency: str
    organisation_id: int | None = None
    branch: tuple[int, ...] = ()
    is_vip: bool = False
    service_id: int | None = None


def applies(modifier: Modifier, case: Case) -> bool:
    """Whether all conditions of the modifier fit."""
    return (
        (case.is_vip or not modifier.for_vip)
        and modifier.organisation_id in (None, case.organisation_id)
        and (not modifier.impacts or case.impact in modifier.impacts)
        and (not modifier.urgencies or case.urgency in modifier.urgencies)
        and (not modifier.categories or bool(modifier.categories.intersection(case.branch)))
    )


def raised(rank: int, modifiers: Iterable[Modifier], case: Case) -> tuple[int, tuple[Step, ...]]:
    """Return the priority after all modifiers in their order, and those that changed it. None ever lowers it."""
    steps: list[Step] = []
    for modifier in sorted(modifiers, key=lambda one: (one.order, one.id)):
        if not applies(modifier, case):
            continue
        wanted = min(rank, modifier.floor) if modifier.floor is not None else rank - modifier.steps
        after = min(rank, max(wanted, modifier.cap, HIGHEST_RANK))
        if after != rank:
            steps.append(Step(modifier.id, rank, after))
        rank = after
    return rank, tuple(steps)
