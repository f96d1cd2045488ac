"""The category tree as everyday areas: tiles with an icon, and what kind of case an area stands for."""

from dataclasses import dataclass

from leitstelle.catalog.queries import CategoryNode, category_tree
from leitstelle.tickets.choices import Kind

ICONS = {
    "workplace": "device-laptop",
    "printing": "printer",
    "mobile": "device-mobile",
    "telephony": "phone",
    "network": "wifi",
    "mail": "mail",
    "access": "key",
    "software": "apps",
    "servers": "server",
    "data": "database",
    "security": "shield-check",
    "people": "user-plus",
    "orders": "shopping-cart",
    "advice": "school",
    "complaint": "message-circle",
}
KINDS = {
    "people": Kind.REQUEST,
    "orders": Kind.REQUEST,
    "advice": Kind.ADVICE,
    "complaint": Kind.COMPLAINT,
}
EXAMPLES = 3


@dataclass(frozen=True)
class Area:
    """A root of the tree as the portal shows it."""

    key: str
    name: str
    icon: str
    examples: str
    category_id: int
    kind: Kind
    parts: tuple[CategoryNode, ...]


def areas() -> list[Area]:
    """Return the roots of the tree in the active language; one query."""
    return [_area(node) for node in category_tree()]


def area_of(found: list[Area], key: str) -> Area | None:
    """Return the area of a category key, its own or one of its parts'."""
    return next((area for area in found if key == area.key or key.startswith(f"{area.key}.")), None)


def category_id(area: Area | None, key: str) -> int | None:
    """Return the category chosen within an area; the area's own where nothing finer was chosen."""
    if area is None:
        return None
    return next((node.id for node in area.parts if node.key == key), area.category_id)


def _area(node: CategoryNode) -> Area:
    return Area(
        key=node.key,
        name=node.name,
        icon=ICONS.get(node.key, "help-circle"),
        examples=", ".join(child.name for child in node.children[:EXAMPLES]),
        category_id=node.id,
        kind=KINDS.get(node.key, Kind.INCIDENT),
        parts=tuple(node.children),
    )
