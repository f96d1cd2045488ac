"""Two records of the same customer or department become one."""

from datetime import datetime

from leitstelle.accounts import policies, queries, rules
from leitstelle.accounts.actions.merging.base import MergePlan, Notes, choose_values, keep_record, lock_both
from leitstelle.accounts.choices import MergeKind
from leitstelle.accounts.errors import WrongDirection
from leitstelle.accounts.events import OrganisationMergedAway, OrganisationsMerged
from leitstelle.accounts.models import MergeRecord, Organisation, Site
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit
def merge_organisations(
    survivor: Organisation, merged: Organisation, plan: MergePlan, *, by: Viewer, now: datetime
) -> MergeRecord:
    """Move people, tickets, sites, domains and devices of `merged` to `survivor`; the merged one stays as an alias.

    Administrators only. Roles that are limited to the merged one, its service hours, agreements and priorities stay
    behind: nobody sees more afterwards, and the survivor's terms count. Events `organisation.merged`,
    `organisation.merged_away`. Raises `NotAllowed`, `MergeOfOne`, `AlreadyMerged`, `WrongDirection`, `Conflict`.
    """
    policies.require(policies.can_merge_organisations(by))
    lock_both(survivor, merged, plan)
    if not survivor.is_active:
        raise WrongDirection
    notes = Notes()
    _keep_tree(survivor, merged, notes)
    values = choose_values(survivor, merged, rules.ORGANISATION_GROUPS, plan)
    if values["parent_id"] in queries.with_descendants([survivor.pk])[survivor.pk]:
        del values["parent_id"]  # the merged one was below the survivor
    notes.change(survivor, values)
    _follow_sites(survivor, merged, notes)
    notes.move_all("organisation", merged.pk, survivor.pk)
    kept_record = keep_record(MergeKind.ORGANISATION, survivor, merged, notes, by=by, now=now)
    gone = OrganisationsMerged(merge_id=kept_record.pk, other_id=merged.pk)
    record(gone, subject=Subject("organisation", survivor.pk), actor=by.actor, at=now)
    away = OrganisationMergedAway(merge_id=kept_record.pk, other_id=survivor.pk)
    record(away, subject=Subject("organisation", merged.pk), actor=by.actor, at=now)
    return kept_record


def _keep_tree(survivor: Organisation, merged: Organisation, notes: Notes) -> None:
    """Nobody becomes their own ancestor. Raises `WrongDirection` for a survivor deeper below the merged one."""
    if survivor.parent_id == merged.pk:
        notes.change(survivor, {"parent_id": merged.parent_id})
    elif survivor.pk in queries.with_descendants([merged.pk])[merged.pk]:
        raise WrongDirection


def _follow_sites(survivor: Organisation, merged: Organisation, notes: Notes) -> None:
    """Sites of the same name are one place: what points at the merged one's points at the survivor's afterwards."""
    own = dict(Site.objects.filter(organisation=survivor).values_list("name", "pk"))
    for site in Site.objects.filter(organisation=merged, name__in=own).order_by("pk"):
        notes.move_all("site", site.pk, own[site.name])
