"""Names that this process knows anyway: status, priority, level, team and category of tickets, without a join.

Each join doubles what PostgreSQL needs to plan a statement: the inbox was planned fifteen times as long as it ran.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from leitstelle.catalog.queries import categories_in_use, priorities
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.lookup import statuses
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use

_KNOWN: Mapping[str, Callable[[], Iterable[Model]]] = {
    "status": statuses,
    "priority": priorities,
    "level": levels_in_use,
    "team": teams_in_use,
    "category": categories_in_use,
}
NAMES = tuple(_KNOWN)


def with_known_names(tickets: Sequence[Ticket], names: Iterable[str] = NAMES) -> Sequence[Ticket]:
    """Set these relations of the tickets from kept master data; what is out of use is read once for all of them.

    A team or category comes with its level or parent.
    """
    for name in names:
        rows = {row.pk: row for row in _KNOWN[name]()}
        column = f"{name}_id"
        if strange := {getattr(one, column) for one in tickets} - rows.keys() - {None}:
            rows |= _read(name, strange)
        for ticket in tickets:
            row = rows.get(getattr(ticket, column))
            if row is not None:
                setattr(ticket, name, row)
    return tickets


def _read(name: str, keys: set[Any]) -> dict[Any, Model]:
    model: type[Model] = Ticket._meta.get_field(name).related_model  # type: ignore[assignment]
    related = {"team": ("level",), "category": ("parent",)}.get(name, ())
    rows = model._default_manager.filter(pk__in=keys)
    return {row.pk: row for row in (rows.select_related(*related) if related else rows)}
