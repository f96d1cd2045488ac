"""Publishing versions of the matrix impact × urgency → priority: of the house, customers, branches, services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Max

from leitstelle.accounts.models import Organisation
from leitstelle.catalog import labels, policies, queries, rules
from leitstelle.catalog.events import PriorityMatrixChanged, PriorityMatrixReset
from leitstelle.catalog.models import (
    Category,
    Impact,
    Priority,
    PriorityCell,
    PriorityMatrixVersion,
    Service,
    Urgency,
)
from leitstelle.catalog.rules import Cell, Scope
from leitstelle.kernel.errors import Conflict, InvalidInput
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
    category: Category | None = None,
    service: Service | None = None,
    valid_from: datetime | None = None,
) -> None:
    """Publish the whole matrix (impact, urgency) → rank of a scope, from `valid_from` (aware; now) on.

    `seen` is `rules.matrix_version` of what was edited. What equals the matrix beneath (the house's, the one beside
    the branch) follows it. Tickets keep their priority until they are classified anew. Administrators only. Event
    `priority_matrix.changed`. Raises `NotAllowed`, `Conflict`, `InvalidInput` (unknown or missing cells, the past).
    """
    policies.require_editor(by)
    begin = valid_from or now
    _check(cells, begin, now)
    scope = _scope(organisation, category, service)
    layers, branch = queries.layers(scope.organisation_id), queries.path_of(scope.category_id)
    current = rules.ranks_of(rules.effective(layers, branch, begin, scope.service_id))
    if dict(cells) == current:
        return
    if rules.matrix_version(current) != seen:
        raise Conflict(theirs=current, ours=dict(cells))
    under = rules.ranks_of(rules.effective(rules.beneath(layers, scope), branch, begin, scope.service_id))
    own = {cell: rank for cell, rank in cells.items() if under.get(cell) != rank}
    version = _publish(scope, own, begin, is_planned=begin > now)
    changed = tuple(
        sorted(
            f"{cell[0]}:{cell[1]}:{rank}:{current.get(cell, '')}"
            for cell, rank in cells.items()
            if current.get(cell) != rank
        )
    )
    data = PriorityMatrixChanged(
        cells=changed,
        category_id=scope.category_id,
        service_id=scope.service_id,
        version_id=version.pk,
        valid_from=begin.isoformat(),
    )
    record(data, subject=_subject(scope), actor=by.actor, at=now)


@unit
def reset_priority_matrix(
    organisation: Organisation | None,
    *,
    by: Viewer,
    now: datetime,
    category: Category | None = None,
    service: Service | None = None,
) -> None:
    """Let a scope follow what is beneath it again: a customer the house, a branch or service the whole.

    Administrators only. Event `priority_matrix.reset`. Raises `NotAllowed`; `InvalidInput` for the house, which follows
    nobody.
    """
    policies.require_editor(by)
    if organisation is None and category is None and service is None:
        raise InvalidInput
    scope = _scope(organisation, category, service)
    if not queries.own_cells(scope, now):
        return
    version = _publish(scope, {}, now)
    data = PriorityMatrixReset(
        category_id=scope.category_id, service_id=scope.service_id, version_id=version.pk
    )
    record(data, subject=_subject(scope), actor=by.actor, at=now)


def _scope(organisation: Organisation | None, category: Category | None, service: Service | None) -> Scope:
    """Raises `InvalidInput` for a branch and a service at once: nobody could say which goes first."""
    if category is not None and service is not None:
        raise InvalidInput(message=labels.BRANCH_OR_SERVICE)
    return Scope(
        organisation.pk if organisation else None,
        category.pk if category else None,
        service.pk if service else None,
    )


def _publish(
    scope: Scope, own: Mapping[Cell, int], begin: datetime, *, is_planned: bool = False
) -> PriorityMatrixVersion:
    """Store the next version; whoever publishes at the same moment gets a conflict from the unique number."""
    whose: dict[str, Any] = {
        "organisation_id": scope.organisation_id,
        "category_id": scope.category_id,
        "service_id": scope.service_id,
    }
    mine = PriorityMatrixVersion.objects.filter(**whose)
    last: int | None = mine.aggregate(last=Max("number"))["last"]
    try:
        version = PriorityMatrixVersion.objects.create(
            **whose,
            number=(last or 0) + 1,
            valid_from=begin,
            is_planned=is_planned,
        )
    except IntegrityError as error:
        raise Conflict(theirs={}, ours=dict(own)) from error
    PriorityCell.objects.bulk_create(
        PriorityCell(version=version, impact_id=impact, urgency_id=urgency, priority_id=rank)
        for (impact, urgency), rank in own.items()
    )
    return version


def _check(cells: Mapping[tuple[str, str], int], begin: datetime, now: datetime) -> None:
    impacts = set(Impact.objects.values_list("key", flat=True))
    urgencies = set(Urgency.objects.values_list("key", flat=True))
    ranks = set(Priority.objects.values_list("rank", flat=True))
    for (impact, urgency), rank in cells.items():
        if impact not in impacts or urgency not in urgencies or rank not in ranks:
            raise InvalidInput(fields={f"{impact}-{urgency}": labels.UNKNOWN_CHOICE})
    missing = rules.missing_cells(cells, sorted(impacts), sorted(urgencies))
    if missing:
        raise InvalidInput(fields={f"{impact}-{urgency}": labels.MISSING_CELL for impact, urgency in missing})
    if begin < now:
        raise InvalidInput(fields={"valid_from": labels.NOT_BEFORE_NOW})


def _subject(scope: Scope) -> Subject:
    return Subject("priority_matrix", scope.organisation_id or HOUSE)
