"""Filling an empty database from elsewhere: old tables aside, rows in by the shortest way, sequences where they were.

For `leitstelle restore` alone, with nobody else connected.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction

from leitstelle.kernel.db.vendor import is_postgres

INSERT_BATCH = 1000


def tables_present() -> list[str]:
    """Names of the tables that a statement without a schema would find."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def columns_of(table: str) -> set[str]:
    """Names of the columns of a table."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction on PostgreSQL, which takes back tables as well; a new file of SQLite needs none."""
    connection = connections["default"]
    if is_postgres(connection):
        with transaction.atomic():
            yield
        return
    yield


def set_tables_aside(schema: str) -> None:
    """Move every table of the current schema into a new one (PostgreSQL). Extensions stay where they are."""
    connection = connections["default"]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {quote(schema)}")
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT EXISTS "
            "(SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {quote(name)} SET SCHEMA {quote(schema)}")


@contextmanager
def without_foreign_keys() -> Iterator[None]:
    """Take the foreign keys away and put them back at the end, which checks them all at once.

    Raises IntegrityError where a row points at nothing.
    """
    connection = connections["default"]
    if not is_postgres(connection):
        # Each migration switches them on again at its end.
        connection.disable_constraint_checking()
        try:
            yield
        finally:
            connection.enable_constraint_checking()
        connection.check_constraints()
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
            "JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace "
            "WHERE c.contype = 'f' AND n.nspname = current_schema()"
        )
        found = cursor.fetchall()
        for table, name, _definition in found:
            cursor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}")
        yield
        for table, name, definition in found:
            cursor.execute(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}")


def empty_tables(tables: Sequence[str]) -> None:
    """Delete every row of these tables, while foreign keys are away."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def fill_table(table: str, fields: Sequence["models.Field[Any, Any]"], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of Python values: COPY on PostgreSQL, prepared statements on SQLite, one transaction for all.

    JSON is given as its text. Raises DatabaseError for what the database refuses.
    """
    connection = connections["default"]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.attname) for field in fields)
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres(connection):
            statement = f"COPY {quote(table)} ({columns}) FROM STDIN"
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        prepare = [_preparing(field) for field in fields]
        statement = f"INSERT INTO {quote(table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
        batch: list[list[Any]] = []
        for row in rows:
            batch.append([step(value) for step, value in zip(prepare, row, strict=True)])
            if len(batch) == INSERT_BATCH:
                cursor.executemany(statement, batch)
                batch = []
        if batch:
            cursor.executemany(statement, batch)


def _preparing(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: value
    connection = connections["default"]
    return lambda value: field.get_db_prep_save(value, connection)


def set_sequences(last: Mapping[str, int]) -> None:
    """Let each table's sequence go on behind the number given, and behind the highest one in use."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        if not is_postgres(connection):
            for table, number in last.items():
                cursor.execute(
                    "UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [number, table]
                )
                if not cursor.rowcount:
                    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
            return
        for table, column, sequence in _owned_sequences(cursor):
            quoted, name = connection.ops.quote_name(table), connection.ops.quote_name(column)
            cursor.execute(
                f"SELECT setval(%s::regclass, greatest(%s, (SELECT max({name}) FROM {quoted}), 1), "
                f"%s > 0 OR EXISTS (SELECT 1 FROM {quoted}))",
                [sequence, last.get(table, 0), last.get(table, 0)],
            )


def _owned_sequences(cursor: Any) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT t.relname, a.attname, s.oid::regclass::text FROM pg_class s "
        "JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "
        "JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid "
        "JOIN pg_namespace n ON n.oid = t.relnamespace WHERE s.relkind = 'S' AND n.nspname = current_schema()"
    )
    return list(cursor.fetchall())


def settle_file() -> None:
    """Bring everything of a SQLite database into its one file, durably, and close it. Nothing to do on PostgreSQL."""
    connection = connections["default"]
    if not is_postgres(connection):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
