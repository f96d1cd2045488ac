"""Names that this process knows anyway: status, priority, level, team, category and service of tickets, without a join.

Each join doubles what PostgreSQL needs to plan a statement: the inbox was planned fifteen times as long as it ran.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from leitstelle.accounts.models import Person
from leitstelle.catalog.queries import active_services, categories_in_use, priorities
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.lookup import statuses
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use

_KNOWN: Mapping[str, Callable[[], Iterable[Model]]] = {
    "status": statuses,
    "priority": priorities,
    "level": levels_in_use,
    "team": teams_in_use,
    "category": categories_in_use,
    "service": active_services,
}
NAMES = tuple(_KNOWN)


def with_known_names(tickets: Sequence[Ticket], names: Iterable[str] = NAMES) -> Sequence[Ticket]:
    """Set these relations of the tickets from kept master data; what is out of use is read once for all of them.

    A team or category comes with its level or parent.
    """
    with_known(tickets, {name: name for name in names})
    return tickets


def with_known(rows: Sequence[Model], relations: Mapping[str, str]) -> None:
    """Set relations of any rows from kept master data, as `with_known_names`; `relations` are names → what they are."""
    if not rows:
        return
    for relation, name in relations.items():
        known = {row.pk: row for row in _KNOWN[name]()}
        wanted = {getattr(one, f"{relation}_id") for one in rows} - {None}
        if strange := wanted - known.keys():
            known |= _read(name, strange)
        for one in rows:
            found = known.get(getattr(one, f"{relation}_id"))
            if found is not None:
                setattr(one, relation, found)


def with_people(rows: Sequence[Model], relations: Sequence[str], *, among: Iterable[Person] = ()) -> None:
    """Set relations of the rows to people, each read once; nothing is read where `among` has them all."""
    known = {person.pk: person for person in among}
    wanted = {getattr(one, f"{relation}_id") for one in rows for relation in relations} - {None}
    if strange := wanted - known.keys():
        known |= Person.objects.in_bulk(strange)
    for one in rows:
        for relation in relations:
            setattr(one, relation, known.get(getattr(one, f"{relation}_id")))


def _read(name: str, keys: set[Any]) -> dict[Any, Model]:
    model: type[Model] = Ticket._meta.get_field(name).related_model  # type: ignore[assignment]
    related = {"team": ("level",), "category": ("parent",)}.get(name, ())
    rows = model._default_manager.filter(pk__in=keys)
    return {row.pk: row for row in (rows.select_related(*related) if related else rows)}
