"""From a verified archive to a desk: tables of the archive's version, its rows and files, then the migrations since.

Nothing of the old desk changes before the new one is filled, compared and migrated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

import leitstelle
from leitstelle.config.backup import aftercare, loading, reading, target
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Manifest, Table
from leitstelle.config.tables import is_empty, lay_out
from leitstelle.config.texts import _
from leitstelle.kernel.db import is_postgres, refresh_statistics
from leitstelle.kernel.db.refilling import (
    all_or_nothing,
    columns_of,
    empty_tables,
    set_sequences,
    tables_present,
    without_foreign_keys,
)

Progress = Callable[[str, int, int], None]
# Index and write-ahead log of SQLite beside the rows themselves.
_ROOM_PER_BYTE = 4


@dataclass(frozen=True)
class Wish:
    """What is to be restored. `keys_fit`: this machine has the keys that the archive was written with."""

    archive: Path
    manifest: Manifest
    passphrase: bytes | None = None
    force: bool = False
    hold_mail: bool = True
    keys_fit: bool = True


@dataclass(frozen=True)
class Restored:
    """What became of it: `aside` is where the old desk is kept, `replaced` counts rows with characters that PostgreSQL
    cannot keep."""

    care: "aftercare.Care"
    seconds: float
    aside: str
    replaced: int


def restore(wish: Wish, now: datetime, progress: Progress) -> Restored:
    """Fill the configured place from the archive. `progress(what, done, total)`.

    Raises BackupError where it may not, Damaged where the archive is not what was verified; then nothing has changed.
    """
    started = monotonic()
    check_version(wish.manifest)
    place = target.look(now)
    target.check_free(place, force=wish.force)
    rows = 0 if is_postgres() else _ROOM_PER_BYTE * sum(table.bytes for table in wish.manifest.tables)
    target.check_space(place, wish.manifest.files.bytes + rows)
    with target.staged(place):
        with all_or_nothing():
            target.make_room(place)
            try:
                replaced = _fill(wish, progress)
            except OSError as error:
                text = _("%(path)s cannot be written: %(reason)s")
                raise BackupError(text % {"path": place.data, "reason": error.strerror or error}) from None
            except DatabaseError as error:
                reason = str(error).strip().splitlines()[0]
                raise BackupError(
                    _("The database refuses the rows: %(reason)s") % {"reason": reason}
                ) from error
            care = aftercare.take_care(
                wish.manifest, now, progress, hold_mail=wish.hold_mail, keys_fit=wish.keys_fit
            )
        refresh_statistics()
        target.move_in(place)
    return Restored(care, monotonic() - started, place.aside, replaced)


def check_version(manifest: Manifest) -> None:
    """Raise BackupError for an archive of a newer version than this one."""
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown or _numbers(manifest.version) > _numbers(leitstelle.__version__):
        text = _(
            "The archive was written by version %(version)s, this is %(own)s. Install that version or a newer one."
        )
        detail = f" ({', '.join(unknown[:3])})" if unknown else ""
        raise BackupError(text % {"version": manifest.version, "own": leitstelle.__version__} + detail)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


def _fill(wish: Wish, progress: Progress) -> int:
    progress("schema", 0, 1)
    _make_tables(wish.manifest)
    tables = {table.name: table for table in wish.manifest.tables}
    _check_columns(tables)
    with without_foreign_keys():
        empty_tables(list(tables))
        with reading.opened(wish.archive, wish.passphrase) as (_file, source):
            replaced = loading.load(source, wish.manifest, progress)
        set_sequences({table.name: table.sequence for table in tables.values() if table.sequence})
    loading.compare(wish.manifest, replaced.sums, progress)
    progress("schema", 0, 1)
    _migrate(None)
    return replaced.rows


def _make_tables(manifest: Manifest) -> None:
    """The tables that the version of the archive had."""
    applied = {(app, name) for app, name in manifest.migrations}
    if is_empty() and applied == set(MigrationLoader(None).disk_migrations):
        lay_out()
    else:
        _migrate(_leaves(manifest))


def _leaves(manifest: Manifest) -> list[tuple[str, str]]:
    """The last migration of each branch: naming an earlier one as well would undo what follows it."""
    loader = MigrationLoader(None)
    applied = {(app, name) for app, name in manifest.migrations}
    followed = {
        parent for key in applied for parent in loader.graph.node_map[key].parents if parent.key[0] == key[0]
    }
    return sorted(applied - {node.key for node in followed})


def _migrate(targets: list[tuple[str, str]] | None) -> None:
    executor = MigrationExecutor(connections["default"])
    wanted = executor.loader.graph.leaf_nodes() if targets is None else targets
    if executor.migration_plan(wanted):
        executor.migrate(wanted)
        if targets is None:
            emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def _check_columns(tables: dict[str, Table]) -> None:
    """What the manifest names must exist; nothing else ever becomes part of a statement."""
    present = set(tables_present())
    for table in tables.values():
        if table.name not in present or not {c.name for c in table.columns} <= columns_of(table.name):
            raise Damaged(
                _("The archive names a table that its version does not have: %(name)s") % {"name": table.name}
            )
