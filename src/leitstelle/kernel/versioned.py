"""Changing a row of master data that somebody else may have changed meanwhile: whoever saw the present version may."""

from collections.abc import Mapping

from django.db import models, transaction
from django.db.models import F

from leitstelle.kernel.errors import Conflict


def change_row(row: models.Model, values: Mapping[str, object], *, version: int) -> tuple[str, ...]:
    """Write the values that differ, and one version more; returns their names, sorted, empty where none does.

    `row` stays as it was read. Raises `Conflict` where its version is another one by now, and `IntegrityError` where
    the values break a constraint; the caller's transaction goes on in both cases.
    """
    changed = tuple(sorted(name for name, value in values.items() if getattr(row, name) != value))
    if not changed:
        return ()
    with transaction.atomic():
        rows = type(row)._default_manager.filter(pk=row.pk, version=version)
        moved = rows.update(version=F("version") + 1, **values)
    if not moved:
        raise Conflict()
    return changed
