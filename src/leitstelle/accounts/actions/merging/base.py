"""What merges of people and of organisations share: the plan, the lock, and the notes of what moved and changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F

from leitstelle.accounts import rules
from leitstelle.accounts.choices import MergeKind
from leitstelle.accounts.errors import AlreadyMerged, MergeOfOne
from leitstelle.accounts.models import MergeRecord, Organisation, Person, movables_of
from leitstelle.kernel.errors import Conflict
from leitstelle.kernel.viewer import Viewer

UNDO_DAYS = 30
"""For how many days a merge can be taken back."""

Merged = TypeVar("Merged", Person, Organisation)


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """What was decided looking at both: the versions seen, and per field group whose value stays
    (`survivor`, `merged`, for notes also `both`; groups left out decide themselves: an empty value gives way)."""

    survivor_version: int
    merged_version: int
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Notes:
    """What a merge did so far, as `MergeRecord` keeps it."""

    moves: list[dict[str, Any]] = field(default_factory=list)
    changes: list[list[Any]] = field(default_factory=list)

    def move_all(self, kind: str, from_id: int, to_id: int) -> None:
        """Let everything that follows a person, an organisation or a site point at the other one."""
        rows = {movable.key: movable.move(from_id, to_id) for movable in movables_of(kind)}
        moved = {key: ids for key, ids in rows.items() if ids}
        self.moves.append({"kind": kind, "from": from_id, "to": to_id, "rows": moved})

    def moved(self, key: str) -> list[int]:
        """The ids of the rows of a movable that have moved."""
        return [pk for move in self.moves for pk in move["rows"].get(key, ())]

    def change(self, row: Merged, values: Mapping[str, Any]) -> None:
        """Write values that differ, and note what was there before."""
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return
        table = row._meta.label
        self.changes += [[table, row.pk, name, getattr(row, name), value] for name, value in changed.items()]
        row.__class__._default_manager.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)


def lock_both(survivor: Merged, merged: Merged, plan: MergePlan) -> None:
    """Keep others from changing either until the unit ends. Raises `MergeOfOne`, `AlreadyMerged`, and `Conflict`
    where one of them has changed since the plan was made."""
    if survivor.pk == merged.pk:
        raise MergeOfOne
    seen = {survivor.pk: plan.survivor_version, merged.pk: plan.merged_version}
    for row in sorted((survivor, merged), key=lambda one: one.pk):
        rows = row.__class__._default_manager.filter(pk=row.pk, version=seen[row.pk])
        if not rows.update(version=F("version") + 1):
            row.refresh_from_db()
            raise AlreadyMerged if row.merged_into_id else Conflict
        row.refresh_from_db()
        if row.merged_into_id:
            raise AlreadyMerged


def choose_values(
    survivor: Merged, merged: Merged, groups: Mapping[str, tuple[str, ...]], plan: MergePlan
) -> dict[str, Any]:
    """Return the values the survivor has afterwards, of all columns of the groups."""
    names = [name for group in groups.values() for name in group]
    ours = {name: getattr(survivor, name) for name in names}
    theirs = {name: getattr(merged, name) for name in names}
    return rules.chosen_values(ours, theirs, groups, plan.choices)


def keep_record(
    kind: MergeKind, survivor: Merged, merged: Merged, notes: Notes, *, by: Viewer, now: datetime
) -> MergeRecord:
    """Make the merged one an alias and store what can be taken back."""
    notes.change(merged, {"is_active": False})
    merged.__class__._default_manager.filter(pk=merged.pk).update(merged_into=survivor)
    merged.refresh_from_db()
    return MergeRecord.objects.create(
        kind=kind,
        survivor_id=survivor.pk,
        merged_id=merged.pk,
        at=now,
        by_id=by.person_id,
        undo_until=now + timedelta(days=UNDO_DAYS),
        moves=notes.moves,
        changes=notes.changes,
    )
