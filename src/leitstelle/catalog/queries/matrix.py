"""Reads of the matrix impact × urgency → priority: which counts for whom, and how it came about."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from leitstelle.catalog import rules
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import PriorityMatrixVersion
from leitstelle.catalog.queries.categories import path_of
from leitstelle.catalog.queries.scales import impacts, priorities, urgencies
from leitstelle.catalog.rules import Layer, MatrixVersion, Scope
from leitstelle.kernel.kept import kept


@dataclass(frozen=True)
class Proposal:
    """Matrices as they would be, for other domains to say what that would change (slot `priorities.effect`)."""

    layers: tuple[Layer, ...]
    at: datetime
    is_saved: bool = False
    pk: int = 0


def layers(organisation_id: int | None) -> list[Layer]:
    """Return the matrices that may count for an organisation with all their versions; `None`: the house's."""
    of_whom = Q(organisation__isnull=True)
    if organisation_id is not None:
        of_whom |= Q(organisation_id=organisation_id)
    return _layers(of_whom)


def every_layer() -> list[Layer]:
    """Return the matrices of the house and of all customers."""
    return _layers(Q())


def _layers(of_whom: Q) -> list[Layer]:
    """One statement; a version without cells comes too: from then on its scope says nothing of its own."""
    rows = PriorityMatrixVersion.objects.filter(of_whom).order_by("valid_from", "number")
    cells: dict[int, dict[rules.Cell, int]] = defaultdict(dict)
    found: dict[Scope, dict[int, tuple[int, datetime, bool]]] = defaultdict(dict)
    columns = ("pk", "organisation_id", "category_id", "service_id", "number", "valid_from", "is_planned")
    of_cells = ("cells__impact_id", "cells__urgency_id", "cells__priority_id")
    for pk, organisation_id, category_id, service_id, *about, impact, urgency, rank in rows.values_list(
        *columns, *of_cells
    ):
        found[Scope(organisation_id, category_id, service_id)][pk] = (about[0], about[1], about[2])
        if impact is not None:
            cells[pk][impact, urgency] = rank
    return [
        Layer(
            scope,
            tuple(
                MatrixVersion(pk, number, begin, cells[pk], is_planned)
                for pk, (number, begin, is_planned) in versions.items()
            ),
        )
        for scope, versions in found.items()
    ]


@kept("priority_matrix", "catalog")
def layers_in_use(organisation_id: int | None) -> list[Layer]:
    """Return `layers` as this process knows them."""
    return layers(organisation_id)


def of_organisation(every: Iterable[Layer], organisation_id: int | None) -> list[Layer]:
    """Return those of all layers that may count for an organisation."""
    return [one for one in every if one.scope.organisation_id in (None, organisation_id)]


def matrix(
    organisation_id: int | None = None,
    category_id: int | None = None,
    at: datetime | None = None,
    *,
    service_id: int | None = None,
) -> dict[tuple[str, str], int]:
    """Return the matrix (impact, urgency) → rank that counts at a moment (aware; now), read afresh.

    Without an organisation that of the house, without category and service the one beside all of them.
    """
    found = rules.effective(layers(organisation_id), path_of(category_id), at or timezone.now(), service_id)
    return rules.ranks_of(found)


def matrix_in_use(
    organisation_id: int | None, category_id: int | None = None, service_id: int | None = None
) -> dict[tuple[str, str], int]:
    """Return `matrix` as this process knows it; for reading, not for deciding what may be changed."""
    found = rules.effective(layers_in_use(organisation_id), path_of(category_id), timezone.now(), service_id)
    return rules.ranks_of(found)


def has_own_matrix(organisation_id: int) -> bool:
    """Whether the organisation departs from the house's matrix, in all or in one branch."""
    now = timezone.now()
    current = (
        rules.version_at(one, now)
        for one in layers(organisation_id)
        if one.scope.organisation_id == organisation_id
    )
    return any(version is not None and version.cells for version in current)


def own_cells(scope: Scope, at: datetime) -> dict[tuple[str, str], int]:
    """Return what a scope itself says at a moment (aware)."""
    layer = next((one for one in layers(scope.organisation_id) if one.scope == scope), None)
    version = rules.version_at(layer, at) if layer is not None else None
    return dict(version.cells) if version is not None else {}


def priority_rank(organisation_id: int | None, impact_key: str, urgency_key: str) -> int:
    """Return the rank (1 is worst) that the matrix alone gives."""
    return rules.priority_for(matrix_in_use(organisation_id), impact_key, urgency_key)


@dataclass(frozen=True)
class Matrix:
    """The matrix as people see it: rows are urgencies from worst to mildest, columns impacts from one to everybody."""

    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    cells: dict[tuple[str, str], tuple[str, str]]


def matrix_of(
    organisation_id: int | None, category_id: int | None = None, service_id: int | None = None
) -> Matrix:
    """Return the matrix that counts for an organisation, a category and a service, named in the active language."""
    names = {priority.rank: name_of(priority) for priority in priorities()}
    cells = {
        (urgency, impact): (f"P{rank}", names.get(rank, ""))
        for (impact, urgency), rank in matrix_in_use(organisation_id, category_id, service_id).items()
    }
    return Matrix(
        rows=[(one.key, name_of(one)) for one in urgencies()],
        columns=[(one.key, name_of(one)) for one in impacts()],
        cells=cells,
    )
