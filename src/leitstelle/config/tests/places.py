"""Places of their own for a desk inside a test's process, and archives rewritten as an older version wrote them."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from leitstelle.config.backup import container, manifest, reading
from leitstelle.config.backup.manifest import Column, Manifest, RowSum, Table
from leitstelle.kernel.db import is_postgres
from leitstelle.kernel.kept import forget

Edit = Callable[[Table, list[Any]], list[Any]]


@contextmanager
def empty_place(folder: Path) -> Iterator[Path]:
    """An empty data directory, and on PostgreSQL an empty database, as the configured ones until the block ends."""
    outside, before = connections["default"], (settings.DATA, settings.BLOB_ROOT)
    values = deepcopy(outside.settings_dict)
    with _empty_database(folder, values):
        folder.mkdir(parents=True, exist_ok=True)
        settings.DATA, settings.BLOB_ROOT = folder, folder / "blobs"
        connections["default"] = own = type(outside)(values, "default")
        forget()
        try:
            yield folder
        finally:
            own.close()
            connections["default"] = outside
            settings.DATA, settings.BLOB_ROOT = before
            forget()


@contextmanager
def _empty_database(folder: Path, values: dict[str, Any]) -> Iterator[None]:
    if not is_postgres():
        values["NAME"] = folder / "leitstelle.sqlite3"
        yield
        return
    name = f"test_place_{uuid4().hex[:12]}"
    server = psycopg.connect(**connections["default"].get_connection_params() | _AS_OWNER, autocommit=True)
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            values["NAME"] = name
            yield
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


_AS_OWNER: dict[str, Any] = {"dbname": "postgres", "cursor_factory": psycopg.Cursor, "context": None}


def as_written_before(archive: Path, out: Path, *dropped: tuple[str, str]) -> None:
    """Rewrite an archive as the version wrote it that did not have these migrations, and those upon them, yet."""
    loader = MigrationLoader(None)
    later = {key for first in dropped for key in loader.graph.backwards_plan(first)}
    kept = set(loader.disk_migrations) - later
    leaves = [
        key
        for key in kept
        if not any(
            child.key in kept and child.key[0] == key[0] for child in loader.graph.node_map[key].children
        )
    ]
    state = cast(Any, loader.project_state(leaves))
    known = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in state.apps.get_models(include_auto_created=True)
    }

    # Columns that a later version did away with: such an archive holds a value of them in every row.
    gone = {table.name: _gone(table, state) for table in reading.manifest_of(reading.verify(archive)).tables}

    def describe(found: Manifest) -> None:
        found.migrations = sorted(list(key) for key in map(tuple, found.migrations) if key in kept)
        found.tables = [table for table in found.tables if table.name in known]
        for table in found.tables:
            table.columns = [column for column in table.columns if column.name in known[table.name]]
            table.columns += [column for column, _value in gone[table.name]]

    def drop(table: Table, row: list[Any]) -> list[Any]:
        pairs = zip(table.columns, row, strict=True)
        kept_values = [value for column, value in pairs if column.name in known.get(table.name, ())]
        return kept_values + [value for _column, value in gone[table.name]]

    rewrite(archive, out, drop, describe)


def _gone(table: Table, state: Any) -> list[tuple[Column, Any]]:
    """The columns that a table had in an earlier state only, with the value new rows got."""
    now = {column.name for column in table.columns}
    models = (model for model in state.apps.get_models(include_auto_created=True))
    before = next((model for model in models if model._meta.db_table == table.name), None)
    fields = before._meta.concrete_fields if before is not None else ()
    return [
        (Column(field.column, type(field).__name__), field.get_default())
        for field in fields
        if field.column not in now and field.has_default()
    ]


def rewrite(
    archive: Path, out: Path, edit: Edit, describe: Callable[[Manifest], None] = lambda found: None
) -> None:
    """Write an archive anew with other rows; `edit` gets the table as it was, `describe` changes the manifest."""
    original = reading.manifest_of(reading.verify(archive))
    found = deepcopy(original)
    describe(found)
    with reading.opened(archive, None) as (_file, source), out.open("wb") as target:
        writer = container.Writer(target, 0)
        for member in container.members(source):
            data = member.read(member.size)
            if chunk := reading.TABLE.fullmatch(member.name):
                data = _edited(data, original.table(chunk[1]), found, edit)
                found.members[member.name] = hashlib.sha256(data).hexdigest()
            if not data:
                del found.members[member.name]
            elif member.name not in {manifest.MANIFEST, manifest.MANIFEST_DIGEST}:
                writer.add(member.name, data)
        raw = found.to_bytes()
        writer.add(manifest.MANIFEST, raw)
        writer.add(manifest.MANIFEST_DIGEST, hashlib.sha256(raw).hexdigest().encode() + b"\n")
        writer.finish()


def _edited(packed: bytes, before: Table | None, found: Manifest, edit: Edit) -> bytes:
    """A chunk with edited rows; nothing where the table is gone. A table of the tests has one chunk."""
    assert before is not None
    table = found.table(before.name)
    if table is None:
        return b""
    total, lines = RowSum(), []
    for line in reading.lines(packed):
        row = edit(before, json.loads(line))
        lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
        total.add(lines[-1])
    table.rows, table.bytes, table.digest = total.rows, total.bytes, total.digest
    return gzip.compress(b"\n".join(lines) + b"\n", mtime=0)
