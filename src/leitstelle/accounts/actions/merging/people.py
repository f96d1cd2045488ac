"""Two records of the same person become one."""

from datetime import datetime

from leitstelle.accounts import policies, rules
from leitstelle.accounts.actions.administrators import ensure_one_remains, lock_administrators
from leitstelle.accounts.actions.contacts import sync_sign_in
from leitstelle.accounts.actions.merging.base import MergePlan, Notes, choose_values, keep_record, lock_both
from leitstelle.accounts.choices import AGENT_ROLES, ContactKind, MergeKind, Role
from leitstelle.accounts.errors import WrongDirection
from leitstelle.accounts.events import PeopleMerged, PersonMergedAway
from leitstelle.accounts.models import ContactPoint, MergeRecord, Person
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

CONTACT_POINTS = "accounts.contact_points"


@unit
def merge_people(
    survivor: Person, merged: Person, plan: MergePlan, *, by: Viewer, now: datetime
) -> MergeRecord:
    """Move everything of `merged` to `survivor`; the merged record stays as an alias that leads there.

    Who may edit both: agents for requesters of their scope, administrators for everybody. Roles, team memberships,
    password and tokens never move, so nobody can do more afterwards than the survivor could before. Events
    `person.merged`, `person.merged_away`. Raises `NotAllowed`, `MergeOfOne`, `AlreadyMerged`, `WrongDirection`,
    `Conflict` (changed since the plan was made), `LastAdministrator`.
    """
    policies.require(policies.can_merge_people(by, survivor, merged))
    lock_both(survivor, merged, plan)
    _check_direction(survivor, merged)
    is_administrator = merged.grants.filter(role=Role.ADMINISTRATOR).exists()
    if is_administrator:
        lock_administrators()
    notes = Notes()
    notes.change(survivor, choose_values(survivor, merged, rules.PERSON_GROUPS, plan))
    kept = _means_with_primary(survivor)
    notes.move_all("person", merged.pk, survivor.pk)
    _keep_primary_points(notes, kept)
    kept_record = keep_record(MergeKind.PERSON, survivor, merged, notes, by=by, now=now)
    if is_administrator:
        ensure_one_remains()
    sync_sign_in(merged)
    sync_sign_in(survivor)
    gone = PeopleMerged(merge_id=kept_record.pk, other_id=merged.pk)
    record(gone, subject=Subject("person", survivor.pk), actor=by.actor, at=now)
    away = PersonMergedAway(merge_id=kept_record.pk, other_id=survivor.pk)
    record(away, subject=Subject("person", merged.pk), actor=by.actor, at=now)
    return kept_record


def _check_direction(survivor: Person, merged: Person) -> None:
    """Roles stay where they are, so who works on the desk must be the one that remains; nor may that be inactive."""
    desk = set(
        Person.objects.filter(
            pk__in=(survivor.pk, merged.pk), grants__role__in=[str(role) for role in AGENT_ROLES]
        ).values_list("pk", flat=True)
    )
    if not survivor.is_active or (merged.pk in desk and survivor.pk not in desk):
        raise WrongDirection


def _means_with_primary(person: Person) -> set[bool]:
    """Whether mail (`True`) and telephone (`False`) have a preferred entry already."""
    points = ContactPoint.objects.filter(person=person, is_primary=True)
    return {kind == ContactKind.EMAIL for kind in points.values_list("kind", flat=True)}


def _keep_primary_points(notes: Notes, kept: set[bool]) -> None:
    """The survivor's preferred address and number stay preferred."""
    for point in ContactPoint.objects.filter(pk__in=notes.moved(CONTACT_POINTS), is_primary=True):
        if (point.kind == ContactKind.EMAIL) in kept:
            ContactPoint.objects.filter(pk=point.pk).update(is_primary=False)
            notes.changes.append([ContactPoint._meta.label, point.pk, "is_primary", True, False])
