"""Worlds that many tests begin with, built once and then copied: their rows are read back instead of acted again.

Owns nothing of what a world is. A test that already has rows of its own, or a world with a search index, gets the
real actions; so does everybody once a copy is a minute old, so that no world is much older than its test.
"""

import functools
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

# Both stay between tests, whatever is emptied.
STAYING = ("django_content_type", "auth_permission")
# Beside each row of the index stand virtual tables that are not copied.
INDEX = "search_"
KEPT_SECONDS = 60
_PART = 100  # SQLite limits the parts of a compound SELECT

Words = ParamSpec("Words")
World = TypeVar("World")


@dataclass(frozen=True)
class _Copy:
    """What a builder returned and left behind: rows by table, files below the folder of blobs."""

    made: float
    result: bytes
    rows: dict[str, list[Any]]
    files: dict[Path, bytes]


def built_once(build: Callable[Words, World]) -> Callable[Words, World]:
    """A builder of a world whose rows are kept: called with the same words on empty tables, it copies them back.

    The words must be hashable, what it returns can be pickled (models, dataclasses), and all it does must be rows and
    blobs. Each caller gets objects of its own.
    """
    copies: dict[Any, _Copy] = {}

    @functools.wraps(build)
    def give(*words: Words.args, **named: Words.kwargs) -> World:
        if filled_tables():
            return build(*words, **named)
        key = words, tuple(sorted(named.items()))
        kept = copies.get(key)
        if kept is not None and time.monotonic() - kept.made < KEPT_SECONDS:
            _put_back(kept)
            world: World = pickle.loads(kept.result)  # noqa: S301 - we wrote it ourselves
            return world
        built = build(*words, **named)
        filled = filled_tables()
        if not any(table.startswith(INDEX) for table in filled):
            rows = {table: _read(table) for table in filled}
            copies[key] = _Copy(time.monotonic(), pickle.dumps(built), rows, _files())
        return built

    return give


def filled_tables() -> list[str]:
    """Tables of models with at least one row, those apart that are never emptied."""
    tables = [table for table in _columns() if table not in STAYING]
    filled = []
    with connection.cursor() as cursor:
        for start in range(0, len(tables), _PART):
            asked = [
                f"SELECT {at} WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(tables[at])})"  # noqa: S608
                for at in range(start, len(tables))[:_PART]
            ]
            cursor.execute(" UNION ALL ".join(asked))
            filled += [tables[at] for (at,) in cursor.fetchall()]
    return filled


@functools.cache
def _columns() -> dict[str, list[str]]:
    """The stored columns of every table of a model, quoted."""
    return {
        model._meta.db_table: [
            connection.ops.quote_name(field.column)
            for field in model._meta.local_concrete_fields
            if field.column and not field.generated
        ]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _read(table: str) -> list[Any]:
    """All rows as the database stores them: values on SQLite, the text of a COPY on PostgreSQL."""
    columns, name = _columns()[table], connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) TO STDOUT") as copy:
                return [bytes(part) for part in copy]
        # An expression instead of the column keeps the driver from converting times.
        values = ", ".join(f"+{column}" for column in columns)
        return list(connection.connection.execute(f"SELECT {values} FROM {name}"))  # noqa: S608


def _put_back(kept: _Copy) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at when it ends
        for table, rows in kept.rows.items():
            columns, name = _columns()[table], connection.ops.quote_name(table)
            into = f"{name} ({', '.join(columns)})"
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for part in rows:
                        copy.write(part)
            else:
                marks = ", ".join("?" * len(columns))
                connection.connection.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608
    for path, content in kept.files.items():
        place = Path(settings.BLOB_ROOT) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _files() -> dict[Path, bytes]:
    root = Path(settings.BLOB_ROOT)
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
