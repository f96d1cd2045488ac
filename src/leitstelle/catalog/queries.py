"""Reads of the category tree, the matrix and the scales."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from leitstelle.catalog import rules
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Impact, Priority, PriorityCell, Urgency
from leitstelle.kernel.kept import kept


@dataclass(frozen=True)
class CategoryNode:
    """A category for choice lists: name in the asked language, `path` from the root."""

    id: int
    key: str
    name: str
    path: str
    depth: int
    is_active: bool
    category: Category
    children: list["CategoryNode"] = field(default_factory=list)


def category_tree(language: str | None = None, *, inactive: bool = False) -> list[CategoryNode]:
    """Return the roots of the tree in order, one query. `language` is `de` or `en`, default the active one.

    Inactive categories, and with them what hangs below, are left out unless asked for.
    """
    rows = Category.objects.order_by("order", "id")
    below: dict[int | None, list[Category]] = defaultdict(list)
    for row in rows:
        if row.is_active or inactive:
            below[row.parent_id].append(row)
    return _nodes(below, None, "", 0, language)


def _nodes(
    below: dict[int | None, list[Category]],
    parent_id: int | None,
    path: str,
    depth: int,
    language: str | None,
) -> list[CategoryNode]:
    nodes: list[CategoryNode] = []
    for row in below.get(parent_id, []):
        name = name_of(row, language)
        own_path = f"{path} › {name}" if path else name
        children = _nodes(below, row.pk, own_path, depth + 1, language)
        nodes.append(CategoryNode(row.pk, row.key, name, own_path, depth, row.is_active, row, children))
    return nodes


def flat_categories(language: str | None = None, *, inactive: bool = False) -> list[CategoryNode]:
    """Return the tree as a list, parents before their children."""
    found: list[CategoryNode] = []

    def walk(nodes: list[CategoryNode]) -> None:
        for node in nodes:
            found.append(node)
            walk(node.children)

    walk(category_tree(language, inactive=inactive))
    return found


def category_with_descendants(category_id: int) -> set[int]:
    """Return the ids of a category and of everything below it, inactive ones too; one query."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for row_id, parent_id in Category.objects.values_list("id", "parent_id"):
        below[parent_id].append(row_id)
    found, frontier = {category_id}, [category_id]
    while frontier:
        frontier = [child for parent in frontier for child in below[parent] if child not in found]
        found.update(frontier)
    return found


def matrix(organisation_id: int | None = None) -> dict[tuple[str, str], int]:
    """Return the matrix (impact, urgency) → rank that counts for an organisation; `None`: the house's."""
    of_whom = Q(organisation__isnull=True)
    if organisation_id is not None:
        of_whom |= Q(organisation_id=organisation_id)
    # The house first, so that the organisation's own cells overwrite it.
    rows = PriorityCell.objects.filter(of_whom).values_list(
        "organisation_id", "impact_id", "urgency_id", "priority_id"
    )
    ordered = sorted(rows, key=lambda row: row[0] is not None)
    return {(impact, urgency): rank for _, impact, urgency, rank in ordered}


@kept("priority_matrix", "catalog")
def matrix_in_use(organisation_id: int | None) -> dict[tuple[str, str], int]:
    """Return `matrix` as this process knows it; for reading, not for deciding what may be changed."""
    return matrix(organisation_id)


@kept("catalog")
def priorities() -> list[Priority]:
    """Return all priorities, the worst first."""
    return list(Priority.objects.order_by("rank"))


@kept("catalog")
def impacts() -> list[Impact]:
    """Return the impacts from one person to everybody."""
    return list(Impact.objects.order_by("order"))


@kept("catalog")
def urgencies() -> list[Urgency]:
    """Return the urgencies from worst to mildest."""
    return list(Urgency.objects.order_by("-order"))


@kept("catalog", "category")
def categories_in_use() -> list[Category]:
    """Return the active categories with their parents, in the order of choice lists."""
    return list(Category.objects.filter(is_active=True).select_related("parent").order_by("order", "pk"))


def has_own_matrix(organisation_id: int) -> bool:
    """Whether the organisation departs from the house's matrix."""
    return PriorityCell.objects.filter(organisation_id=organisation_id).exists()


def priority_rank(organisation_id: int | None, impact_key: str, urgency_key: str) -> int:
    """Return the rank (1 is worst) that counts for the organisation."""
    return rules.priority_for(matrix_in_use(organisation_id), impact_key, urgency_key)
