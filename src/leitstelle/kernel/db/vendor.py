"""Which database this is, and whether SQLite is set up so that nothing accepted is lost."""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE_WANTED = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


def is_postgres(connection: BaseDatabaseWrapper | None = None) -> bool:
    """Whether this connection (default: the default one) speaks to PostgreSQL."""
    return (connection or connections["default"]).vendor == "postgresql"


def sqlite_problems() -> list[str]:
    """Return the pragmas of the default connection that differ from what the product needs.

    Empty on PostgreSQL. `synchronous` 2 is FULL: a commit survives a power cut.
    """
    if is_postgres():
        return []
    found = []
    with connections["default"].cursor() as cursor:
        for name, wanted in _SQLITE_WANTED.items():
            cursor.execute(f"PRAGMA {name}")
            value = cursor.fetchone()[0]
            if value != wanted:
                found.append(f"PRAGMA {name} is {value}, should be {wanted}")
    return found


def refresh_statistics() -> None:
    """Let the planner of the default connection look at the tables again, after very many rows came in."""
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")
