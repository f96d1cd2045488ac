"""Everything that differs between SQLite and PostgreSQL. No other module writes vendor-specific SQL.

`expressions` are transaction ids as columns, `writing` conditional bulk statements, `transient`
the errors that only ask for another try, `pragmas` what SQLite must be set to,
`snapshots` the whole database as of one moment, `refilling` the way back into an empty one.
"""

from leitstelle.kernel.db.counting import capped_counts, count_and_sum
from leitstelle.kernel.db.expressions import (
    CurrentXid,
    SnapshotXmin,
    Unindexed,
    in_test_transaction,
    snapshot_xmin,
)
from leitstelle.kernel.db.snapshots import Snapshot, snapshot
from leitstelle.kernel.db.transient import is_transient, retry_transient
from leitstelle.kernel.db.vendor import is_postgres, refresh_statistics, sqlite_problems
from leitstelle.kernel.db.writing import insert_ignore, insert_ignore_many, load_rows, update_rows

__all__ = [
    "CurrentXid",
    "Snapshot",
    "SnapshotXmin",
    "Unindexed",
    "capped_counts",
    "count_and_sum",
    "in_test_transaction",
    "insert_ignore",
    "insert_ignore_many",
    "is_postgres",
    "is_transient",
    "load_rows",
    "refresh_statistics",
    "retry_transient",
    "snapshot",
    "snapshot_xmin",
    "sqlite_problems",
    "update_rows",
]
