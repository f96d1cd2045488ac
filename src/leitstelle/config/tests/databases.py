"""A database with all tables and no rows, made once and copied for every test process.

The template is named after what made it (migrations, Django, this checkout), so a change of any makes a new one; the
older ones of the same checkout are removed. `test_tables` runs every migration for real.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from leitstelle.config import tables

FILLED_BY_MIGRATING = ("django_content_type", "auth_permission")
PART = 100
FOLDER = Path(tempfile.gettempdir()) / f"leitstelle-templates-{os.getuid()}"


def make_test_database() -> None:
    """Give this process its own copy of the template and connect to it; the template is made where it is missing."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    connection.close()
    name = connection.settings_dict["TEST"]["NAME"]
    with _alone():
        if connection.vendor == "sqlite":
            _copy_file(name)
        else:
            _copy_database(name)


def drop_test_database() -> None:
    """Remove the copy of this process."""
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        Path(name).unlink(missing_ok=True)
    else:
        with _server() as execute:
            execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def flush_of_filled_tables(
    operations: BaseDatabaseOperations, style: Any, tables: Iterable[str], **_flags: bool
) -> list[str]:
    """Statements that empty the tables with rows in them, in place of `sql_flush`: most tests fill a few of them.

    PostgreSQL would make new files for each truncated table; deleting what a test left takes a hundredth of that.
    """
    quoted = [operations.quote_name(table) for table in tables if table not in FILLED_BY_MIGRATING]
    filled = []
    with connection.cursor() as cursor:
        for start in range(0, len(quoted), PART):  # SQLite limits the parts of a compound SELECT
            asked = [
                f"SELECT {at} WHERE EXISTS (SELECT 1 FROM {quoted[at]})"  # noqa: S608
                for at in range(start, len(quoted))[:PART]
            ]
            cursor.execute(" UNION ALL ".join(asked))
            filled += [quoted[at] for (at,) in cursor.fetchall()]
    return [f"DELETE FROM {table};" for table in filled]  # noqa: S608


def _prefix() -> str:
    checkout = hashlib.sha256(str(Path(__file__).resolve().parents[1]).encode()).hexdigest()[:8]
    return f"leitstelle_template_{checkout}_"


def _key() -> str:
    """What the template is made of: every migration of every app, the Django and the code that run them."""
    made_of = hashlib.sha256(django.__version__.encode() + Path(tables.__file__).read_bytes())
    for app in apps.get_app_configs():
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            made_of.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return _prefix() + made_of.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes or copies: a PostgreSQL template may have no other session."""
    with (FOLDER / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _server() -> Iterator[Callable[[str], list[tuple[str, ...]]]]:
    """Run statements beside all databases; gives a function that returns the rows of a SELECT."""
    with connection._nodb_cursor() as cursor:

        def execute(sql: str) -> list[tuple[str, ...]]:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

        yield execute


def _migrate(name: str) -> None:
    _connect_to(name)
    tables.bring_up_to_date()


def _connect_to(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _copy_file(name: str) -> None:
    template = FOLDER / f"{_key()}.sqlite3"
    if not template.exists():
        for old in FOLDER.glob(f"{_prefix()}*"):
            old.unlink()
        made = FOLDER / f"{_prefix()}making.sqlite3"
        _migrate(str(made))
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        made.rename(template)
    shutil.copyfile(template, name)
    _connect_to(name)


def _copy_database(name: str) -> None:
    template = _key()
    with _server() as execute:
        found = {one for (one,) in execute("SELECT datname FROM pg_database") if one.startswith(_prefix())}
        if template not in found:
            for old in found:
                execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            making = f"{_prefix()}making"
            execute(f'CREATE DATABASE "{making}"')
            _migrate(making)
            connection.close()
            execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
        execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _connect_to(name)
