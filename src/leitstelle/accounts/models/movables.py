"""Which rows of which domains follow a person, an organisation or a site when two of them become one.

Every domain registers its own foreign keys (in `subscribers`), so that this domain knows no higher one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

# Statements with more parameters than this are refused by some builds of SQLite.
_CHUNK = 500


@dataclass(frozen=True)
class Movable:
    """A foreign key to a person, an organisation or a site (`kind`).

    `unique` names the columns that may exist once per target: where the target has such a row already, the moved
    one's own stays behind. `label` names the rows in the plural; without one the preview does not count them.
    """

    key: str
    kind: str
    model: type[Model]
    field: str
    label: str | Promise = ""
    unique: tuple[str, ...] = ()

    def rows_of(self, target_id: int) -> "QuerySet[Any]":
        """Return the rows that point at this person, organisation or site."""
        return self.model._default_manager.filter(**{f"{self.field}_id": target_id})

    def move(self, from_id: int, to_id: int, only: Iterable[int] | None = None) -> list[int]:
        """Let rows point elsewhere (all of them, or `only` these ids); returns the ids of those that moved."""
        rows = self.rows_of(from_id)
        ids = sorted(rows.values_list("pk", flat=True)) if only is None else _still(rows, only)
        ids = self._without_collisions(ids, from_id, to_id)
        for chunk in _chunks(ids):
            self.model._default_manager.filter(pk__in=chunk).update(**{f"{self.field}_id": to_id})
        return ids

    def _without_collisions(self, ids: list[int], from_id: int, to_id: int) -> list[int]:
        if not self.unique:
            return ids
        taken = set(self.rows_of(to_id).values_list(*self.unique))
        own = {pk: tuple(rest) for pk, *rest in self.rows_of(from_id).values_list("pk", *self.unique)}
        return [pk for pk in ids if own[pk] not in taken]


def _still(rows: "QuerySet[Any]", ids: Iterable[int]) -> list[int]:
    found: list[int] = []
    for chunk in _chunks(list(ids)):
        found += rows.filter(pk__in=chunk).values_list("pk", flat=True)
    return sorted(found)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


_movables: dict[str, Movable] = {}


def register_movable(movable: Movable) -> Movable:
    """Let these rows follow a merge; the last one registered for a key counts."""
    _movables[movable.key] = movable
    return movable


def movables_of(kind: str) -> list[Movable]:
    """Return what follows a person, an organisation or a site, in the order of the keys."""
    return [_movables[key] for key in sorted(_movables) if _movables[key].kind == kind]


def movable(key: str) -> Movable | None:
    """Return the movable of a key, `None` where its domain is gone."""
    return _movables.get(key)
