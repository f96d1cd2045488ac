"""Transaction ids as SQL expressions.

On PostgreSQL rows become visible in another order than their ids were handed out. Each journal
row keeps its transaction's id; a reader that stops before the oldest transaction still running
and goes by (transaction id, row id) misses none and sees none twice. On SQLite writers queue,
and the row id alone is the order of commits: the transaction id is 0 there.
"""

from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from leitstelle.kernel.db.vendor import is_postgres


class _TransactionId(models.Func):
    arity = 0
    output_field: models.Field[Any, Any] = models.BigIntegerField()
    on_sqlite = "0"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.on_sqlite, ()


class CurrentXid(_TransactionId):
    """The id of the writing transaction (xid8 as bigint); 0 on SQLite."""

    template = "(pg_current_xact_id()::text::bigint)"


class SnapshotXmin(_TransactionId):
    """The oldest transaction still running: all below are finished. 1 on SQLite, above its 0."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    on_sqlite = "1"


def snapshot_xmin() -> int:
    """Return the value of `SnapshotXmin` now."""
    if not is_postgres():
        return 1
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {SnapshotXmin.template}")
        return int(cursor.fetchone()[0])


def in_test_transaction() -> bool:
    """Whether the connection is inside the transaction that a Django test rolls back at its end.

    Such a test never commits, so a reader that waits for commits would see nothing in it.
    """
    blocks = connections["default"].atomic_blocks
    return bool(blocks) and bool(getattr(blocks[0], "_from_testcase", False))


class Unindexed(models.Func):
    """A column that SQLite must not choose an index by; for conditions that most rows fulfil.

    Its planner ignores LIMIT and would sort all of them, where walking an index in the wanted order meets a page of
    them at once (a unary plus, https://www.sqlite.org/optoverview.html). PostgreSQL weighs that by itself.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra_context)
