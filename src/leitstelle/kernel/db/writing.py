"""Statements that Django's ORM lacks: inserts that report conflicts, many updates in one go."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connections, models

from leitstelle.kernel.db.vendor import is_postgres


def insert_ignore(model: type[models.Model], values: Mapping[str, Any]) -> bool:
    """Insert one row unless a unique constraint has it already; returns whether it was inserted.

    On PostgreSQL this waits for a transaction that is inserting the same row. Columns with
    Python defaults are filled in; the id is not returned.
    """
    return insert_ignore_many(model, [values]) == 1


def insert_ignore_many(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows of the same columns, passing over those that exist; returns how many were new."""
    if not rows:
        return 0
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.attname in rows[0] or (field.has_default() and not field.primary_key)
    ]
    quote = connections["default"].ops.quote_name
    columns = ", ".join(_column(field) for field in fields)
    holders = ", ".join(["%s"] * len(fields))
    return _run_many(
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holders}) ON CONFLICT DO NOTHING",
        [
            [_prepared(f, row[f.attname] if f.attname in row else f.get_default()) for f in fields]
            for row in rows
        ],
    )


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    where: Sequence[str] = ("id",),
) -> int:
    """Set `columns` of many rows; each row holds the new values, then those of the `where` columns.

    Returns how many rows were changed; fewer than `rows` means that a condition did not hold.
    """
    if not rows:
        return 0
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in (*columns, *where)]
    quote = connections["default"].ops.quote_name
    parts = [f"{_column(field)} = %s" for field in fields]
    changes, conditions = ", ".join(parts[: len(columns)]), " AND ".join(parts[len(columns) :])
    return _run_many(
        f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {conditions}",
        [[_prepared(field, value) for field, value in zip(fields, row, strict=True)] for row in rows],
    )


def load_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert very many rows by the shortest way: COPY on PostgreSQL, one prepared statement on SQLite.

    `columns` are attribute names; those left out get the database's default, not Python's. Neither
    ids nor conflicts are reported: a conflict is an `IntegrityError`.
    """
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    connection = connections["default"]
    table = f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(map(_column, fields))})"
    prepare = [partial(field.get_db_prep_save, connection=connection) for field in fields]
    values = ([step(value) for step, value in zip(prepare, row, strict=True)] for row in rows)
    with connection.cursor() as cursor:
        if not is_postgres(connection):
            holders = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} VALUES ({holders})", list(values))
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)


def _column(field: "models.Field[Any, Any]") -> str:
    return connections["default"].ops.quote_name(field.column or field.attname)


def _prepared(field: "models.Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connections["default"])


def _run_many(sql: str, rows: list[list[Any]]) -> int:
    with connections["default"].cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)
        return int(cursor.rowcount)
