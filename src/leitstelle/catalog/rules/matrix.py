"""The matrix impact × urgency → priority: which version counts where and when, and what is wrong with one.

A scope is the house or a customer, as a whole, for one branch of the category tree or for one service. The more
special scope decides a cell that it names: the house, the house's branch, the house's service, then the customer, the
customer's branch, the customer's service.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from leitstelle.catalog.choices import LOWEST_RANK

Cell = tuple[str, str]
Cells = Mapping[Cell, int]

# Stands for what nobody has stored yet: a proposal counts from the beginning of time and is called 0.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Scope:
    """For whom a matrix counts; `None` is everybody, every branch of the category tree, every service."""

    organisation_id: int | None = None
    category_id: int | None = None
    service_id: int | None = None


@dataclass(frozen=True)
class MatrixVersion:
    """What a scope says from `valid_from` (aware) on, until its next version; cells it leaves out are not its own.

    Only a planned one waits for its moment: the others were published when they began.
    """

    id: int
    number: int
    valid_from: datetime
    cells: Cells
    is_planned: bool = False


@dataclass(frozen=True)
class Layer:
    """A scope with all its versions, oldest first."""

    scope: Scope
    versions: tuple[MatrixVersion, ...]


@dataclass(frozen=True)
class Contradiction:
    """The worse of two neighbouring cells (impact, urgency) has the lower priority."""

    milder: Cell
    worse: Cell


def priority_for(cells: Cells, impact: str, urgency: str) -> int:
    """Return the rank (1 is worst) that the matrix gives; the lowest where it has no such cell."""
    return cells.get((impact, urgency), LOWEST_RANK)


def matrix_version(cells: Cells) -> str:
    """Return a fingerprint of a matrix, so that an editor can say which one they saw."""
    text = ";".join(f"{impact},{urgency}={rank}" for (impact, urgency), rank in sorted(cells.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def version_at(layer: Layer, at: datetime) -> MatrixVersion | None:
    """Return the version of a scope that counts at a moment, `None` before the first one."""
    begun = [one for one in layer.versions if not one.is_planned or one.valid_from <= at]
    return max(begun, key=lambda one: (one.valid_from, one.number), default=None)


def effective(
    layers: Iterable[Layer], branch: Sequence[int], at: datetime, service_id: int | None = None
) -> dict[Cell, tuple[int, int]]:
    """Return rank and version id by cell for a service and a category whose path from the root is `branch`."""
    cells: dict[Cell, tuple[int, int]] = {}
    for layer in sorted(
        _counting(layers, branch, service_id), key=lambda one: _speciality(one.scope, branch)
    ):
        version = version_at(layer, at)
        if version is not None:
            cells |= {cell: (rank, version.id) for cell, rank in version.cells.items()}
    return cells


def _counting(layers: Iterable[Layer], branch: Sequence[int], service_id: int | None) -> Iterable[Layer]:
    return (
        layer
        for layer in layers
        if (layer.scope.category_id is None or layer.scope.category_id in branch)
        and layer.scope.service_id in (None, service_id)
    )


def _speciality(scope: Scope, branch: Sequence[int]) -> tuple[bool, bool, int]:
    depth = branch.index(scope.category_id) + 1 if scope.category_id is not None else 0
    return scope.organisation_id is not None, scope.service_id is not None, depth


def ranks_of(cells: Mapping[Cell, tuple[int, int]]) -> dict[Cell, int]:
    """Return the ranks alone."""
    return {cell: rank for cell, (rank, _version) in cells.items()}


def beneath(layers: Iterable[Layer], scope: Scope) -> list[Layer]:
    """Return the layers without the scope's own: what counts where it says nothing."""
    return [layer for layer in layers if layer.scope != scope]


def proposed(layers: Iterable[Layer], scope: Scope, cells: Cells) -> list[Layer]:
    """Return the layers as they would be if the scope said just this."""
    others = beneath(layers, scope)
    version = MatrixVersion(id=0, number=0, valid_from=BEGINNING, cells=cells)
    return [*others, Layer(scope, (version,))]


def missing_cells(cells: Cells, impacts: Sequence[str], urgencies: Sequence[str]) -> list[Cell]:
    """Return the cells that a complete matrix would have and this one has not."""
    return [(one, other) for other in urgencies for one in impacts if (one, other) not in cells]


def contradictions(cells: Cells, impacts: Sequence[str], urgencies: Sequence[str]) -> list[Contradiction]:
    """Return where more impact or urgency gives a lower priority; both scales go from mild to bad."""
    pairs = [((a, urgency), (b, urgency)) for urgency in urgencies for a, b in pairwise(impacts)]
    pairs += [((impact, a), (impact, b)) for impact in impacts for a, b in pairwise(urgencies)]
    return [
        Contradiction(milder, worse)
        for milder, worse in pairs
        if milder in cells and worse in cells and cells[worse] > cells[milder]
    ]
