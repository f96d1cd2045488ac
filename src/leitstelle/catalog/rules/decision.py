"""How matrix and modifiers make a priority, kept as ids so that every reader gets it in their own words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leitstelle.catalog.choices import LOWEST_RANK
from leitstelle.catalog.rules.matrix import Layer, effective
from leitstelle.catalog.rules.modifiers import Case, Modifier, Step, raised


@dataclass(frozen=True)
class Basis:
    """What a calculated priority stands on: the version of the matrix, what it said, and what raised it."""

    version_id: int | None
    base: int
    steps: tuple[Step, ...] = ()

    @property
    def rank(self) -> int:
        """The priority that was calculated."""
        return self.steps[-1].after if self.steps else self.base

    def stored(self) -> dict[str, Any]:
        """Return the form that is kept as JSON beside a ticket."""
        steps = [[one.modifier_id, one.before, one.after] for one in self.steps]
        return {"version": self.version_id, "base": self.base, "steps": steps}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Basis | None":
        """Return what is kept beside a ticket, `None` where nothing is."""
        if "base" not in stored:
            return None
        return cls(stored["version"], stored["base"], tuple(Step(*one) for one in stored["steps"]))


@dataclass(frozen=True)
class Decision:
    """A priority and what it stands on."""

    rank: int
    basis: Basis


def decide(case: Case, layers: Iterable[Layer], modifiers: Iterable[Modifier], at: datetime) -> Decision:
    """Return the priority of a case classified at a moment (aware)."""
    cells = effective(layers, case.branch, at, case.service_id)
    base, version_id = cells.get((case.impact, case.urgency), (LOWEST_RANK, None))
    rank, steps = raised(base, modifiers, case)
    return Decision(rank, Basis(version_id, base, steps))
