"""Reads of the category tree."""

from collections import defaultdict
from dataclasses import dataclass, field

from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category
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


@kept("catalog", "category")
def categories_in_use() -> list[Category]:
    """Return the active categories with their parents, in the order of choice lists."""
    return list(Category.objects.filter(is_active=True).select_related("parent").order_by("order", "pk"))


@kept("catalog", "category")
def _parents() -> dict[int, int | None]:
    return dict(Category.objects.values_list("pk", "parent_id"))


def path_of(category_id: int | None) -> tuple[int, ...]:
    """Return the ids from the root down to a category, as this process knows the tree; nothing without one."""
    path: list[int] = []
    parents = _parents() if category_id is not None else {}
    while category_id is not None and category_id not in path:
        path.append(category_id)
        category_id = parents.get(category_id)
    return tuple(reversed(path))
