"""Several counts in one statement, each only as far as anybody wants to know."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet


def capped_counts(sets: Mapping[str, QuerySet[Any]], cap: int) -> dict[str, int]:
    """Return how many rows each query set has, at most `cap`; one statement for all.

    Each count is a subquery of its own that stops at the cap, so each goes by its own index.
    """
    connection = connections["default"]
    columns: list[str] = []
    params: list[Any] = []
    counts = dict.fromkeys(sets, 0)
    asked = []
    for name, rows in sets.items():
        try:
            sql, own = rows.order_by().values("pk")[:cap].query.get_compiler("default").as_sql()
        except EmptyResultSet:
            continue
        asked.append(name)
        columns.append(f"(SELECT COUNT(*) FROM ({sql}) AS c{len(columns)})")
        params += own
    if not asked:
        return counts
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", params)
        return counts | dict(zip(asked, map(int, cursor.fetchone()), strict=True))
