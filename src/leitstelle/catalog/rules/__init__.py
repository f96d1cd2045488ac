"""Pure rules of categories and priorities."""

from leitstelle.catalog.rules.categories import category_key
from leitstelle.catalog.rules.decision import Basis, Decision, decide
from leitstelle.catalog.rules.matrix import (
    Cell,
    Cells,
    Contradiction,
    Layer,
    MatrixVersion,
    Scope,
    beneath,
    contradictions,
    effective,
    matrix_version,
    missing_cells,
    priority_for,
    proposed,
    ranks_of,
    version_at,
)
from leitstelle.catalog.rules.modifiers import Case, Modifier, Step, applies, raised
from leitstelle.catalog.rules.services import OfferedService, is_offered, service_of

__all__ = [
    "Basis",
    "Case",
    "Cell",
    "Cells",
    "Contradiction",
    "Decision",
    "Layer",
    "MatrixVersion",
    "Modifier",
    "OfferedService",
    "Scope",
    "Step",
    "applies",
    "beneath",
    "category_key",
    "contradictions",
    "decide",
    "effective",
    "is_offered",
    "matrix_version",
    "missing_cells",
    "priority_for",
    "proposed",
    "raised",
    "ranks_of",
    "service_of",
    "version_at",
]
