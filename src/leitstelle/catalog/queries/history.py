"""How a matrix came about: its versions with who published them and what they changed."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries.actors import actor_name, person_acting, token_owners
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries.matrix import layers
from leitstelle.catalog.queries.scales import impacts, urgencies
from leitstelle.catalog.rules import Cell, MatrixVersion, Scope
from leitstelle.kernel.events import Event, Subject, events_for

SHOWN = 50


@dataclass(frozen=True)
class PastMatrix:
    """One version: `changes` hold the cell in words and its rank before and after, `None` where it is not its own."""

    number: int
    valid_from: datetime
    is_planned: bool
    who: str
    changes: list[tuple[str, int | None, int | None]]


def matrix_history(scope: Scope) -> list[PastMatrix]:
    """Return the newest versions of a scope, the latest first."""
    layer = next((one for one in layers(scope.organisation_id) if one.scope == scope), None)
    if layer is None:
        return []
    versions = sorted(layer.versions, key=lambda one: one.number)
    who = _who_published(scope, versions)
    told = []
    for before, version in zip([None, *versions], versions, strict=False):
        changes = _changes(before, version)
        told.append(
            PastMatrix(
                version.number,
                version.valid_from,
                version.is_planned,
                who.get(version.id, ""),
                changes,
            )
        )
    return told[::-1][:SHOWN]


def _changes(
    before: MatrixVersion | None, version: MatrixVersion
) -> list[tuple[str, int | None, int | None]]:
    old = before.cells if before is not None else {}
    cells = [cell for cell in {**old, **version.cells} if old.get(cell) != version.cells.get(cell)]
    names = _cell_names()
    order = list(names)
    cells.sort(key=lambda cell: order.index(cell) if cell in names else len(order))
    return [(names.get(cell, " × ".join(cell)), old.get(cell), version.cells.get(cell)) for cell in cells]


def _cell_names() -> dict[Cell, str]:
    return {
        (impact.key, urgency.key): f"{name_of(impact)} × {name_of(urgency)}"
        for urgency in urgencies()
        for impact in impacts()
    }


def _who_published(scope: Scope, versions: list[MatrixVersion]) -> dict[int, str]:
    """Names by version id; the shipped version was published by nobody."""
    ids = {one.id for one in versions}
    subject = Subject("priority_matrix", scope.organisation_id or 0)
    events: list[Event] = [one for one in events_for(subject) if one.data.get("version_id") in ids]
    acting = {pk for event in events if (pk := person_acting(event)) is not None}
    people = dict(Person.objects.filter(pk__in=acting).values_list("pk", "display_name")) if acting else {}
    owners = token_owners(events)
    return {event.data["version_id"]: actor_name(event, people, owners) for event in events}
