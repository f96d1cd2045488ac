"""Compare and change: writes a row only if nobody else did since the writer looked."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db.models import F

from leitstelle.accounts.models import House, Organisation, Person, Team
from leitstelle.kernel.errors import Conflict

Versioned = TypeVar("Versioned", House, Organisation, Person, Team)


def differing(row: Versioned, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `values` (by field name or attname) that the row does not hold already."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def change_row(row: Versioned, values: Mapping[str, Any], *, version: int) -> tuple[str, ...]:
    """Write `values` to a row with a `version` column and return the names of the fields that changed.

    `version` is what the writer saw. Raises `Conflict` with `theirs` and `ours` (per field that
    differs) if the row has moved on, unless it already holds all the values.
    """
    row.refresh_from_db()
    changed = differing(row, values)
    if not changed:
        return ()
    if row.version != version or not _moved(row, changed, version):
        row.refresh_from_db()
        raise Conflict(theirs={name: getattr(row, name) for name in changed}, ours=dict(changed))
    row.refresh_from_db()
    return tuple(sorted(changed))


def refuse_stale(
    row: Versioned, *, version: int, name: str, theirs: Collection[str], ours: Collection[str]
) -> None:
    """Refuse to overwrite dependent rows (addresses, domains, members) that changed since `version`.

    `row` is as it was before this change. Raises `Conflict` unless both sides say the same.
    """
    if row.version != version and set(theirs) != set(ours):
        raise Conflict(theirs={name: ", ".join(sorted(theirs))}, ours={name: ", ".join(sorted(ours))})


def touch(row: Versioned) -> None:
    """Raise the version of a row whose dependent rows changed."""
    row.__class__._default_manager.filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db(fields=["version"])


def _moved(row: Versioned, changed: Mapping[str, Any], version: int) -> bool:
    rows = row.__class__._default_manager.filter(pk=row.pk, version=version)
    return bool(rows.update(**changed, version=F("version") + 1))
