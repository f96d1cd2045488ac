"""The stored form of conditions: JSON with a version, read without ever raising."""

from collections.abc import Mapping
from typing import Any

from leitstelle.tickets.rules.conditions import (
    MOST_GROUPS,
    MOST_ROWS,
    Condition,
    Conditions,
    Group,
    Match,
    make,
)

VERSION = 1


def stored(conditions: Conditions) -> dict[str, Any]:
    """Return the form that is kept as JSON."""
    return {
        "version": VERSION,
        "match": str(conditions.match),
        "rows": [_stored_row(row) for row in conditions.rows],
    }


def _stored_row(row: Condition | Group) -> dict[str, Any]:
    if isinstance(row, Group):
        return {"match": str(row.match), "rows": [_stored_row(one) for one in row.rows]}
    value = list(row.value) if isinstance(row.value, tuple) else row.value
    return {"column": str(row.column), "operator": str(row.operator), "value": value}


def read(data: object) -> Conditions:
    """Return the conditions of a stored form. Never raises: what is not understood makes them `broken`."""
    if (
        not isinstance(data, Mapping)
        or data.get("version") != VERSION
        or data.get("match") not in tuple(Match)
    ):
        return Conditions(broken=True)
    rows, broken = _read_rows(data.get("rows"), groups=True)
    count = sum(len(row.rows) if isinstance(row, Group) else 1 for row in rows)
    groups = sum(isinstance(row, Group) for row in rows)
    too_many = count > MOST_ROWS or groups > MOST_GROUPS
    return Conditions(Match(data["match"]), tuple(rows), broken or too_many)


def _read_rows(data: object, *, groups: bool) -> tuple[list[Any], bool]:
    if not isinstance(data, list):
        return [], True
    rows: list[Condition | Group] = []
    broken = False
    for item in data:
        row, bad = _read_row(item, groups=groups)
        broken = broken or bad
        if row is not None:
            rows.append(row)
    return rows, broken


def _read_row(item: object, *, groups: bool) -> tuple[Condition | Group | None, bool]:
    if not isinstance(item, Mapping):
        return None, True
    if groups and "rows" in item:
        if item.get("match") not in tuple(Match):
            return None, True
        rows, broken = _read_rows(item["rows"], groups=False)
        return Group(Match(item["match"]), tuple(rows)), broken
    value = item.get("value")
    values = value if isinstance(value, list) else [value]
    try:
        return make(str(item.get("column")), str(item.get("operator")), values), False
    except ValueError:
        return None, True
