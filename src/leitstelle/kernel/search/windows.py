"""A window: the newest rows that match, and which of them may be seen. Shared by the SQL of both databases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Max, Min, Model, Q, QuerySet

from leitstelle.kernel.search.models import ROW_COLUMNS, WindowRow

M = TypeVar("M", bound=Model)
Sql = tuple[str, list[Any]]
# Row id, shadow of the title, shadow of the body.
Text = tuple[int, str, str]
# Kind, object id, number of rows, newest and oldest row.
Seen = tuple[str, int, int, int, int]
WINDOW_COLUMNS = tuple(f"r.{column}" for column in ROW_COLUMNS)
# Goes between the table expression `search_window` and what `visible_rows` selects from it.
SELECT = "SELECT '' AS kind, coalesce(min(id), 0) AS object_id, count(*), 0, 0 FROM search_window UNION ALL"


@dataclass
class Window:
    """The objects that may be seen with their rows; how many rows match at all, and the lowest id of those."""

    seen: list[Seen]
    count: int
    lowest: int


def read(rows: Sequence[Seen]) -> Window:
    """Take apart what `SELECT` and the statement behind it return."""
    lowest, count = next((lowest, count) for kind, lowest, count, _, _ in rows if not kind)
    return Window([row for row in rows if row[0]], count, lowest)


def visible_objects(allowed: Q) -> Sql | None:
    """The statement that selects what may be seen from `search_window`; `None` where that is nothing."""
    try:
        sql, params = grouped(WindowRow.objects.filter(allowed)).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(params)


def grouped(rows: QuerySet[M]) -> QuerySet[M, Seen]:
    """The rows by object, as `Seen`."""
    counted = {"rows": Count("pk"), "newest": Max("pk"), "oldest": Min("pk")}
    objects = rows.values("kind", "object_id").annotate(**counted)
    return cast("QuerySet[M, Seen]", objects.values_list("kind", "object_id", *counted))
