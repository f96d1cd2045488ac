"""Everything that differs between SQLite and PostgreSQL. No other module writes raw SQL."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


def is_postgres(connection: BaseDatabaseWrapper | None = None) -> bool:
    """Whether this connection (default: the default one) speaks to PostgreSQL."""
    return (connection or connections["default"]).vendor == "postgresql"


class CurrentXid(models.Func):
    """The id of the writing transaction on PostgreSQL, 0 on SQLite, where writers queue."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field: models.Field[Any, Any] = models.BigIntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, list[Any]]:
        return "0", []


def insert_ignore(model: type[models.Model], values: Mapping[str, Any]) -> bool:
    """Insert one row unless a unique constraint has it already; returns whether it was inserted.

    On PostgreSQL this waits for a transaction that is inserting the same row. Columns with
    Python defaults are filled in; no ids are returned.
    """
    return insert_ignore_many(model, [values]) == 1


def insert_ignore_many(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]]
) -> int:
    """Insert rows of the same columns, passing over those that exist; returns how many were new."""
    if not rows:
        return 0
    fields = [
        f
        for f in model._meta.concrete_fields
        if not f.primary_key and (f.attname in rows[0] or f.has_default())
    ]
    connection = connections["default"]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    holders = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holders}) ON CONFLICT DO NOTHING"
    values = [
        [
            _prepared(
                field,
                row[field.attname] if field.attname in row else field.get_default(),
            )
            for field in fields
        ]
        for row in rows
    ]
    return _run_many(sql, values)


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Set `columns` of many rows by primary key (last value of each row); returns rows changed."""
    if not rows:
        return 0
    quote = connections["default"].ops.quote_name
    fields = [
        cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in columns
    ]
    settings = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = model._meta.pk.column
    sql = f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {quote(key)} = %s"
    values = [
        [
            *(
                _prepared(field, value)
                for field, value in zip(fields, row[:-1], strict=True)
            ),
            row[-1],
        ]
        for row in rows
    ]
    return _run_many(sql, values)


def _prepared(field: "models.Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connections["default"])


def _run_many(sql: str, rows: list[list[Any]]) -> int:
    with connections["default"].cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)
        return int(cursor.rowcount)
