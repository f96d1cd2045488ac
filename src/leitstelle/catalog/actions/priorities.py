"""Editing the matrix impact × urgency → priority, for the house and for single organisations."""

from collections.abc import Mapping
from datetime import datetime

from leitstelle.accounts.models import Organisation
from leitstelle.catalog import labels, policies, queries, rules
from leitstelle.catalog.events import PriorityMatrixChanged, PriorityMatrixReset
from leitstelle.catalog.models import Impact, Priority, PriorityCell, Urgency
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

HOUSE = 0


@unit
def set_priority_matrix(
    cells: Mapping[tuple[str, str], int],
    *,
    seen: str,
    by: Viewer,
    now: datetime,
    organisation: Organisation | None = None,
) -> None:
    """Write the whole matrix (impact, urgency) → rank; `seen` is `rules.matrix_version` of what was edited.

    Tickets keep their priority until they are classified anew. Administrators only. Event
    `priority_matrix.changed`. Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    _require(by)
    _check(cells)
    organisation_id = organisation.pk if organisation else None
    current = queries.matrix(organisation_id)
    if dict(cells) == current:
        return
    if rules.matrix_version(current) != seen:
        raise Conflict(theirs=current, ours=dict(cells))
    changed = {cell: rank for cell, rank in cells.items() if current.get(cell) != rank}
    for (impact, urgency), rank in changed.items():
        PriorityCell.objects.update_or_create(
            organisation=organisation,
            impact_id=impact,
            urgency_id=urgency,
            defaults={"priority_id": rank},
        )
    data = PriorityMatrixChanged(cells=tuple(sorted(f"{i}:{u}:{rank}" for (i, u), rank in changed.items())))
    record(data, subject=Subject("priority_matrix", organisation_id or HOUSE), actor=by.actor, at=now)


@unit
def reset_priority_matrix(organisation: Organisation, *, by: Viewer, now: datetime) -> None:
    """Let an organisation follow the house again. Administrators only. Event `priority_matrix.reset`.

    Raises `NotAllowed`.
    """
    _require(by)
    deleted, _ = PriorityCell.objects.filter(organisation=organisation).delete()
    if deleted:
        subject = Subject("priority_matrix", organisation.pk)
        record(PriorityMatrixReset(), subject=subject, actor=by.actor, at=now)


def _check(cells: Mapping[tuple[str, str], int]) -> None:
    impacts = set(Impact.objects.values_list("key", flat=True))
    urgencies = set(Urgency.objects.values_list("key", flat=True))
    ranks = set(Priority.objects.values_list("rank", flat=True))
    for (impact, urgency), rank in cells.items():
        if impact not in impacts or urgency not in urgencies or rank not in ranks:
            raise InvalidInput(fields={f"{impact}-{urgency}": labels.UNKNOWN_CHOICE})


def _require(by: Viewer) -> None:
    if not policies.can_edit_catalog(by):
        raise NotAllowed
