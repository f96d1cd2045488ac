"""Taking a merge back."""

from collections import Counter
from datetime import datetime

from django.apps import apps
from django.db.models import F

from leitstelle.accounts import policies
from leitstelle.accounts.actions.contacts import sync_sign_in
from leitstelle.accounts.choices import MergeKind
from leitstelle.accounts.errors import MergedFurther, UndoneAlready, UndoTooLate
from leitstelle.accounts.events import (
    OrganisationRestored,
    OrganisationsUnmerged,
    PeopleUnmerged,
    PersonRestored,
)
from leitstelle.accounts.models import MergeRecord, Organisation, Person, movable
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit
def undo_merge(merge: MergeRecord, *, by: Viewer, now: datetime) -> MergeRecord:
    """Give back exactly what a merge moved and changed; what others changed since stays where it is (`merge.left`).

    Who might have merged. Events `person.merge_undone`, `person.restored`, or those of organisations. Raises
    `NotAllowed`, `UndoneAlready`, `UndoTooLate`, and `MergedFurther` where the survivor is an alias itself by now.
    """
    model = Person if merge.kind == MergeKind.PERSON else Organisation
    survivor = model._default_manager.get(pk=merge.survivor_id)
    alias = model._default_manager.get(pk=merge.merged_id)
    policies.require(policies.can_undo_merge(by, survivor, alias))
    _claim(merge, survivor, now)
    model._default_manager.filter(pk=alias.pk).update(merged_into=None)
    left = _restore_values(merge)
    left.update(_give_back(merge))
    merge.left = dict(left)
    merge.save(update_fields=["left"])
    for row in (survivor, alias):
        model._default_manager.filter(pk=row.pk).update(version=F("version") + 1)
    if merge.kind == MergeKind.PERSON:
        sync_sign_in(Person.objects.get(pk=survivor.pk))
        sync_sign_in(Person.objects.get(pk=alias.pk))
    _record(merge, by=by, now=now)
    return merge


def _claim(merge: MergeRecord, survivor: Person | Organisation, now: datetime) -> None:
    if merge.undone_at is not None:
        raise UndoneAlready
    if now > merge.undo_until:
        raise UndoTooLate
    if survivor.merged_into_id is not None:
        raise MergedFurther
    if not MergeRecord.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=now):
        raise UndoneAlready
    merge.refresh_from_db()


def _restore_values(merge: MergeRecord) -> "Counter[str]":
    """Write back single values that still are what the merge made of them; counts the others per `table.field`."""
    left: Counter[str] = Counter()
    for table, pk, name, before, after in reversed(merge.changes):
        rows = apps.get_model(table)._default_manager.filter(pk=pk, **{name: after})
        if not rows.update(**{name: before}):
            left[f"{table}.{name}"] += 1
    return left


def _give_back(merge: MergeRecord) -> "Counter[str]":
    """Let rows point back that still point at the survivor; counts the others per movable."""
    left: Counter[str] = Counter()
    for move in reversed(merge.moves):
        for key, ids in move["rows"].items():
            known = movable(key)
            returned = known.move(move["to"], move["from"], only=ids) if known else []
            if len(returned) < len(ids):
                left[key] += len(ids) - len(returned)
    return left


def _record(merge: MergeRecord, *, by: Viewer, now: datetime) -> None:
    person = merge.kind == MergeKind.PERSON
    gone = PeopleUnmerged if person else OrganisationsUnmerged
    back = PersonRestored if person else OrganisationRestored
    left = sum(merge.left.values())
    data = gone(merge_id=merge.pk, other_id=merge.merged_id, left=left)
    record(data, subject=Subject(merge.kind, merge.survivor_id), actor=by.actor, at=now)
    restored = back(merge_id=merge.pk, other_id=merge.survivor_id)
    record(restored, subject=Subject(merge.kind, merge.merged_id), actor=by.actor, at=now)
