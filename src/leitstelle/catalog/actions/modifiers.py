"""What raises priorities beyond the matrix: made, changed, put in order; switched off, never deleted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, Max

from leitstelle.accounts.models import Organisation
from leitstelle.catalog import labels, policies
from leitstelle.catalog.choices import HIGHEST_RANK, LOWEST_RANK
from leitstelle.catalog.events import PriorityModifierChanged, PriorityModifierCreated, PriorityModifierMoved
from leitstelle.catalog.models import Category, Impact, PriorityModifier, Urgency
from leitstelle.catalog.rules import category_key
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ModifierInput:
    """What a modifier is called, when it counts and what it does: `steps`, or a `floor` (rank)."""

    name_de: str
    name_en: str = ""
    for_vip: bool = False
    organisation: Organisation | None = None
    impacts: tuple[Impact, ...] = field(default=())
    urgencies: tuple[Urgency, ...] = field(default=())
    categories: tuple[Category, ...] = field(default=())
    steps: int = 0
    floor: int | None = None
    cap: int = HIGHEST_RANK
    is_active: bool = True


@unit
def create_modifier(new: ModifierInput, *, by: Viewer, now: datetime) -> PriorityModifier:
    """Add a modifier behind the others. Administrators only. Event `priority_modifier.created`.

    Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require_editor(by)
    values = _values(new)
    taken = set(PriorityModifier.objects.values_list("key", flat=True))
    last: int | None = PriorityModifier.objects.aggregate(last=Max("order"))["last"]
    key = category_key("", new.name_de, taken)[:40]
    row = PriorityModifier.objects.create(key=key, order=(last or 0) + 1, **values)
    _set_conditions(row, new)
    _record(PriorityModifierCreated(key=key), row, by=by, now=now)
    return row


@unit
def edit_modifier(
    row: PriorityModifier, new: ModifierInput, *, version: int, by: Viewer, now: datetime
) -> PriorityModifier:
    """Change a modifier; tickets keep their priority until they are classified anew. Administrators only.

    Event `priority_modifier.changed` with the names of what changed. Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    policies.require_editor(by)
    values = _values(new)
    row.refresh_from_db()
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    conditions = _set_conditions(row, new) if row.version == version else []
    if not changed and not conditions and row.version == version:
        return row
    fresh = PriorityModifier.objects.filter(pk=row.pk, version=version)
    if not fresh.update(**changed, version=F("version") + 1):
        raise Conflict(theirs={name: getattr(row, name) for name in changed}, ours=changed)
    row.refresh_from_db()
    _record(PriorityModifierChanged(fields=tuple(sorted([*changed, *conditions]))), row, by=by, now=now)
    return row


@unit
def move_modifier(
    row: PriorityModifier, direction: Literal["up", "down"], *, by: Viewer, now: datetime
) -> None:
    """Let a modifier change places with its neighbour; nothing happens at the end of the row.

    Administrators only. Event `priority_modifier.moved`. Raises `NotAllowed`.
    """
    policies.require_editor(by)
    rows = list(PriorityModifier.objects.order_by("order", "id"))
    place = next(index for index, one in enumerate(rows) if one.pk == row.pk)
    target = place + (1 if direction == "down" else -1)
    if not 0 <= target < len(rows):
        return
    rows[place], rows[target] = rows[target], rows[place]
    for order, one in enumerate(rows, start=1):
        PriorityModifier.objects.filter(pk=one.pk).exclude(order=order).update(order=order)
    _record(PriorityModifierMoved(place=target), row, by=by, now=now)


def _values(new: ModifierInput) -> dict[str, Any]:
    name = new.name_de.strip()
    if not name:
        raise InvalidInput(fields={"name_de": labels.MISSING_NAME})
    if not (new.for_vip or new.organisation or new.impacts or new.urgencies or new.categories):
        raise InvalidInput(message=labels.NO_CONDITION)
    if (new.floor is None) == (new.steps == 0):
        raise InvalidInput(fields={"steps": labels.STEPS_OR_FLOOR})
    if new.floor is not None and new.floor < new.cap:
        raise InvalidInput(fields={"cap": labels.CAP_BELOW_FLOOR})
    if not 0 <= new.steps < LOWEST_RANK:
        raise InvalidInput(fields={"steps": labels.UNKNOWN_CHOICE})
    return {
        "name_de": name,
        "name_en": new.name_en.strip() or name,
        "for_vip": new.for_vip,
        "organisation_id": new.organisation.pk if new.organisation else None,
        "steps": new.steps,
        "floor_id": new.floor,
        "cap_id": new.cap,
        "is_active": new.is_active,
    }


def _set_conditions(row: PriorityModifier, new: ModifierInput) -> list[str]:
    """Store the lists of a modifier; returns the names of those that changed."""
    changed = []
    for name in ("impacts", "urgencies", "categories"):
        wanted = {one.pk for one in getattr(new, name)}
        kept = getattr(row, name)
        if set(kept.values_list("pk", flat=True)) != wanted:
            kept.set(wanted)
            changed.append(name)
    return changed


def _record(data: EventData, row: PriorityModifier, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("priority_modifier", row.pk), actor=by.actor, at=now)
