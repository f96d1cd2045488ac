"""Several counts in one statement, each only as far as anybody wants to know."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
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


def count_and_sum(
    model: type[models.Model], column: str, either: Sequence[Mapping[str, Sequence[Any]]]
) -> tuple[int, int]:
    """Return how many rows fit one of the alternatives, and the sum of a whole-number column over them.

    An alternative names columns with the values they may have, at least one each. The statement is written directly:
    it is asked for every event, and putting it together from a query set takes longer than running it.
    """
    connection = connections["default"]
    quote = connection.ops.quote_name
    params: list[Any] = []
    alternatives = []
    for one in either:
        parts = []
        for name, values in one.items():
            parts.append(f"{quote(name)} IN ({', '.join(['%s'] * len(values))})")
            params += values
        alternatives.append(f"({' AND '.join(parts)})")
    table, where = quote(model._meta.db_table), " OR ".join(alternatives)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*), COALESCE(SUM({quote(column)}), 0) FROM {table} WHERE {where}", params
        )
        rows, total = cursor.fetchone()
    return int(rows), int(total)
