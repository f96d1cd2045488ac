"""Storing the shipped category tree, scales, matrix and resolution codes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Model

from leitstelle.catalog import choices, policies
from leitstelle.catalog.events import DefaultsShipped
from leitstelle.catalog.models import (
    Category,
    Impact,
    Priority,
    PriorityCell,
    PriorityMatrixVersion,
    PriorityModifier,
    ResolutionCode,
    Urgency,
)
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit
def ensure_defaults(now: datetime, *, by: Viewer | None = None) -> int:
    """Store what is missing of the shipped defaults and return how many rows that were.

    What a house renamed, moved or switched off stays as it is. The product itself and
    administrators. Event `catalog.defaults_shipped` if anything was missing. Raises `NotAllowed`.
    """
    by = by or Viewer.system()
    if not policies.can_edit_catalog(by):
        raise NotAllowed
    others = _scales() + _matrix()
    known = {category.key: category for category in Category.objects.all()}
    categories = _categories(shipped_categories(), None, known)
    others += _modifiers()
    if categories or others:
        data = DefaultsShipped(categories=categories, others=others)
        record(data, subject=Subject("catalog", 1), actor=by.actor, at=now)
    return categories + others


@cache
def shipped_categories() -> list[dict[str, Any]]:
    """The tree of `shipped/categories.json`: key, de, en, children."""
    text = files("leitstelle.catalog").joinpath("shipped/categories.json").read_text(encoding="utf-8")
    tree: list[dict[str, Any]] = json.loads(text)
    return tree


def _categories(
    nodes: Sequence[Mapping[str, Any]], parent: Category | None, known: dict[str, Category]
) -> int:
    created = 0
    for order, node in enumerate(nodes):
        category = known.get(node["key"])
        if category is None:
            category = Category.objects.create(
                key=node["key"], parent=parent, name_de=node["de"], name_en=node["en"], order=order
            )
            created += 1
        created += _categories(node.get("children", ()), category, known)
    return created


def _scales() -> int:
    created = 0
    for model, rows in (
        (Impact, choices.IMPACTS),
        (Urgency, choices.URGENCIES),
        (ResolutionCode, choices.RESOLUTION_CODES),
    ):
        for order, (key, name_de, name_en) in enumerate(rows, start=1):
            created += _ensure(model, {"key": key}, name_de=name_de, name_en=name_en, order=order)
    for rank, key, name_de, name_en in choices.PRIORITIES:
        created += _ensure(Priority, {"rank": rank}, key=key, name_de=name_de, name_en=name_en)
    return created


def _matrix() -> int:
    """The first version of the house's matrix; later ones are the house's own."""
    version, created = PriorityMatrixVersion.objects.get_or_create(
        organisation=None, category=None, service=None, number=1, defaults={"valid_from": choices.SINCE_EVER}
    )
    if created:
        PriorityCell.objects.bulk_create(
            PriorityCell(version=version, impact_id=impact, urgency_id=urgency, priority_id=rank)
            for (impact, urgency), rank in choices.MATRIX.items()
        )
    return len(choices.MATRIX) if created else 0


def _modifiers() -> int:
    """What raises priorities, after scales and categories are there."""
    known = set(PriorityModifier.objects.values_list("key", flat=True))
    for order, (key, name_de, name_en, what) in enumerate(choices.MODIFIERS, start=1):
        if key not in known:
            _modifier(key, order, what, name_de=name_de, name_en=name_en)
    return len({key for key, *_rest in choices.MODIFIERS} - known)


def _modifier(key: str, order: int, what: Mapping[str, Any], **names: str) -> None:
    row = PriorityModifier.objects.create(
        key=key,
        order=order,
        for_vip=what.get("for_vip", False),
        steps=what.get("steps", 0),
        floor_id=what.get("floor"),
        cap_id=what.get("cap", choices.HIGHEST_RANK),
        **names,
    )
    if "impact" in what:
        row.impacts.add(what["impact"])
    if "category" in what:
        row.categories.add(*Category.objects.filter(key=what["category"]))


def _ensure(model: type[Model], key: Mapping[str, Any], /, **values: Any) -> bool:
    _, created = model._default_manager.get_or_create(**key, defaults=values)
    return created
