"""Reading the whole database as of one moment, while others go on writing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col

from leitstelle.kernel.db.vendor import is_postgres

# Rows may be as long as a mail.
BATCH = 200


class Snapshot:
    """A connection of its own inside one read transaction; every read sees the same moment."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def rows(
        self, table: str, fields: Sequence["models.Field[Any, Any]"], order: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Yield all rows of a table as Python values (aware times, UUIDs, decimals), a batch in memory at a time.

        What a field class makes of values by itself does not happen: encrypted texts stay encrypted, JSON is text.
        """
        quote = self._connection.ops.quote_name
        columns = ", ".join(quote(field.column or field.attname) for field in fields)
        convert = [self._converters(field) for field in fields]
        with self._connection.chunked_cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {quote(table)}{f' ORDER BY {quote(order)}' if order else ''}"
            )
            while found := cursor.fetchmany(BATCH):
                for row in found:
                    yield tuple(
                        self._converted(value, steps) for value, steps in zip(row, convert, strict=True)
                    )

    def _converters(self, field: "models.Field[Any, Any]") -> list[Any]:
        expression = Col("", field)
        return [(step, expression) for step in self._connection.ops.get_db_converters(expression)]

    def _converted(self, value: Any, steps: list[Any]) -> Any:
        for step, expression in steps:
            value = step(value, expression, self._connection)
        return value

    def sequences(self, tables: Sequence[str]) -> dict[str, int]:
        """The last number each table's sequence handed out; tables without one, or never used, are left out."""
        with self._connection.cursor() as cursor:
            if not is_postgres(self._connection):
                cursor.execute("SELECT name, seq FROM sqlite_sequence")
                return {name: int(last) for name, last in cursor.fetchall() if name in tables}
            cursor.execute(
                "SELECT t.relname, pg_sequence_last_value(s.oid) FROM pg_class s "
                "JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "
                "JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND pg_table_is_visible(t.oid)"
            )
            return {
                name: int(last) for name, last in cursor.fetchall() if name in tables and last is not None
            }

    def size(self) -> int:
        """About how many bytes the database takes."""
        with self._connection.cursor() as cursor:
            if is_postgres(self._connection):
                cursor.execute("SELECT pg_database_size(current_database())")
                return int(cursor.fetchone()[0])
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            return int(cursor.fetchone()[0])


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Open a read transaction over everything as it is now; writers are not held up, and hold nothing up."""
    default = connections["default"]
    settings = deepcopy(default.settings_dict)
    options = settings.setdefault("OPTIONS", {})
    if is_postgres(default):
        # Not above: the driver takes a third of a second to be read, in every process of a desk on SQLite too.
        from psycopg import IsolationLevel  # noqa: PLC0415

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    else:
        # The default connection would take the write lock at BEGIN.
        options["transaction_mode"] = "DEFERRED"
    own = type(default)(settings, "default")
    try:
        own.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with own.cursor() as cursor:
            if is_postgres(own):
                cursor.execute("SET TRANSACTION READ ONLY")
            # The first read fixes the moment.
            cursor.execute("SELECT COUNT(*) FROM django_migrations")
        yield Snapshot(own)
    finally:
        own.close()
