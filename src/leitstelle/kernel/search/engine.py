"""Which full-text module serves the database that runs."""

from types import ModuleType

from leitstelle.kernel.db import is_postgres
from leitstelle.kernel.search import sql_postgres, sql_sqlite


def engine() -> ModuleType:
    """The module with the SQL of the default connection's database; both have the same functions."""
    return sql_postgres if is_postgres() else sql_sqlite
