"""Editing the category tree."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F, Max

from leitstelle.catalog import labels, policies, queries, rules
from leitstelle.catalog.events import (
    CategoryChanged,
    CategoryCreated,
    CategoryDeactivated,
    CategoryMoved,
    CategoryReactivated,
)
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class CategoryInput:
    """Names in both languages (one of them is enough) and the category above."""

    name_de: str
    name_en: str = ""
    parent: Category | None = None

    def names(self) -> dict[str, str]:
        """Both names, each standing in for the other. Raises `InvalidInput` without any."""
        german, english = (" ".join(name.split())[:120] for name in (self.name_de, self.name_en))
        if not german and not english:
            raise InvalidInput(fields={"name_de": labels.MISSING_NAME})
        return {"name_de": german or english, "name_en": english or german}


@unit
def create_category(new: CategoryInput, *, by: Viewer, now: datetime) -> Category:
    """Add a category as the last of its siblings. Administrators only. Event `category.created`.

    Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require_editor(by)
    names = new.names()
    parent_id = new.parent.pk if new.parent else None
    taken = set(Category.objects.values_list("key", flat=True))
    key = rules.category_key(new.parent.key if new.parent else "", names["name_en"], taken)
    category = Category.objects.create(key=key, parent_id=parent_id, order=_last(parent_id), **names)
    _record(CategoryCreated(key=key, parent_id=parent_id), category, by=by, now=now)
    return category


@unit
def edit_category(
    category: Category, new: CategoryInput, *, version: int, by: Viewer, now: datetime
) -> Category:
    """Rename a category or hang it elsewhere; tickets keep it. Administrators only.

    Event `category.changed`. Raises `NotAllowed`, `Conflict`, `InvalidInput`.
    """
    policies.require_editor(by)
    values: dict[str, object] = {**new.names(), "parent_id": new.parent.pk if new.parent else None}
    category.refresh_from_db()
    changed = {name: value for name, value in values.items() if getattr(category, name) != value}
    if not changed:
        return category
    if "parent_id" in changed:
        if values["parent_id"] in queries.category_with_descendants(category.pk):
            raise InvalidInput(fields={"parent": labels.OWN_DESCENDANT})
        changed["order"] = _last(new.parent.pk if new.parent else None)
    rows = Category.objects.filter(pk=category.pk, version=version)
    if not rows.update(**changed, version=F("version") + 1):
        theirs = {name: getattr(category, name) for name in changed}
        raise Conflict(theirs=theirs, ours=changed)
    category.refresh_from_db()
    _record(CategoryChanged(fields=tuple(sorted(changed))), category, by=by, now=now)
    return category


@unit
def move_category(
    category: Category, direction: Literal["up", "down"], *, by: Viewer, now: datetime
) -> Category:
    """Let a category change places with its neighbour; nothing happens at the end of the row.

    Administrators only. Event `category.moved`. Raises `NotAllowed`.
    """
    policies.require_editor(by)
    siblings = list(Category.objects.filter(parent_id=category.parent_id).order_by("order", "id"))
    place = next(index for index, row in enumerate(siblings) if row.pk == category.pk)
    target = place + (1 if direction == "down" else -1)
    if 0 <= target < len(siblings):
        siblings[place], siblings[target] = siblings[target], siblings[place]
        for order, row in enumerate(siblings):
            Category.objects.filter(pk=row.pk).exclude(order=order).update(order=order)
        _record(CategoryMoved(place=target), category, by=by, now=now)
    category.refresh_from_db()
    return category


@unit
def deactivate_category(category: Category, *, by: Viewer, now: datetime) -> Category:
    """Take a category and all below it out of choice lists; tickets keep theirs. Administrators only.

    Event `category.deactivated`. Raises `NotAllowed`.
    """
    return _set_active(category, False, CategoryDeactivated(), by=by, now=now)


@unit
def reactivate_category(category: Category, *, by: Viewer, now: datetime) -> Category:
    """Offer a category again. Administrators only. Event `category.reactivated`. Raises `NotAllowed`."""
    return _set_active(category, True, CategoryReactivated(), by=by, now=now)


def _set_active(category: Category, active: bool, data: EventData, *, by: Viewer, now: datetime) -> Category:
    policies.require_editor(by)
    if Category.objects.filter(pk=category.pk, is_active=not active).update(is_active=active):
        _record(data, category, by=by, now=now)
    category.refresh_from_db()
    return category


def _last(parent_id: int | None) -> int:
    siblings = Category.objects.filter(parent_id=parent_id)
    highest = siblings.aggregate(highest=Max("order"))["highest"]
    return 0 if highest is None else int(highest) + 1


def _record(data: EventData, category: Category, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("category", category.pk), actor=by.actor, at=now)
