"""Where a restore goes: what is there already, whether somebody works with it, and the old desk kept aside.

On SQLite a new file is filled beside the old one and takes its name at the end. On PostgreSQL everything happens in one
transaction, in which the old tables move into a schema of their own. Files are unpacked beside the old ones.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from leitstelle.config.backup.errors import BackupError
from leitstelle.config.texts import _
from leitstelle.kernel.db import is_postgres
from leitstelle.kernel.db.refilling import set_tables_aside, settle_file, tables_present
from leitstelle.kernel.durable import flush_directory
from leitstelle.kernel.work import beats
from leitstelle.kernel.work.models import WorkerBeat

_SPARE = 64 * 1024 * 1024
_SIDE_FILES = ("", "-wal", "-shm")


@dataclass
class Target:
    """The place of one restore; `aside` says where the old desk went, empty where there was none."""

    data: Path
    stamp: str
    tables: bool
    files: bool
    aside: str = ""

    @property
    def stage(self) -> Path:
        return self.data / f"restoring-{self.stamp}"

    @property
    def keep(self) -> Path:
        return self.data / f"before-restore-{self.stamp}"

    @property
    def schema(self) -> str:
        return f"before_restore_{self.stamp.lower()}"

    @property
    def database(self) -> Path:
        return self.data / "leitstelle.sqlite3"


def look(now: datetime) -> Target:
    """See what the configured place holds. Raises BackupError where the database cannot be opened."""
    data: Path = settings.DATA
    try:
        tables = is_postgres() or (data / "leitstelle.sqlite3").exists()
        tables = tables and bool(tables_present())
    except DatabaseError as error:
        text = _("The database cannot be opened: %(reason)s")
        raise BackupError(text % {"reason": str(error).strip().splitlines()[0]}) from None
    blobs: Path = settings.BLOB_ROOT
    files = blobs.is_dir() and any(path.is_dir() for path in blobs.iterdir())
    return Target(data, f"{now:%Y%m%dT%H%M%S}", tables, files)


def check_free(target: Target, *, force: bool) -> None:
    """Raise BackupError where a desk is there and may not be replaced, or is at work."""
    if (target.tables or target.files) and not force:
        text = _("%(place)s holds a desk already. --force keeps it aside and restores into its place.")
        raise BackupError(text % {"place": _place(target)})
    if not target.tables or WorkerBeat._meta.db_table not in tables_present():
        return
    at_work = WorkerBeat.objects.filter(at__gte=timezone.now() - beats.SILENT_AFTER)
    if any(not beats.is_dead(one.name) for one in at_work):
        raise BackupError(_("The desk there is at work. Stop web, worker and clock first, then restore."))


def _place(target: Target) -> str:
    return str(connections["default"].settings_dict["NAME"]) if is_postgres() else str(target.data)


def check_space(target: Target, needed: int) -> None:
    """Raise BackupError where the data directory has too little room."""
    free = shutil.disk_usage(target.data).free
    if free < needed + _SPARE:
        text = _("%(path)s has %(free)s MB left, the restore may need %(needed)s MB.")
        megabytes = {"free": free // 1024**2, "needed": (needed + _SPARE) // 1024**2}
        raise BackupError(text % {"path": target.data, **megabytes})


@contextmanager
def staged(target: Target) -> Iterator[None]:
    """Point database and files of this process at the stage; what is left of it goes away with an error."""
    default = connections["default"]
    blobs, name = settings.BLOB_ROOT, default.settings_dict["NAME"]
    options = default.settings_dict.get("OPTIONS", {})
    commands = options.get("init_command", "")
    default.close()
    target.stage.mkdir(mode=0o700)
    settings.BLOB_ROOT = target.stage / "blobs"
    settings.BLOB_ROOT.mkdir(mode=0o700)
    if not is_postgres():
        default.settings_dict["NAME"] = target.stage / target.database.name
        # Flushed once at the end; until then the file is nobody's.
        options["init_command"] = f"{commands}PRAGMA synchronous=OFF;PRAGMA foreign_keys=OFF;"
    try:
        yield
    finally:
        default.close()
        settings.BLOB_ROOT = blobs
        default.settings_dict["NAME"] = name
        if not is_postgres():
            options["init_command"] = commands
        shutil.rmtree(target.stage, ignore_errors=True)


def make_room(target: Target) -> None:
    """PostgreSQL, inside the transaction: the old tables move aside."""
    if is_postgres() and target.tables:
        set_tables_aside(target.schema)
        target.aside = target.schema


def move_in(target: Target) -> None:
    """Everything is restored and checked: give database file and files their names, the old ones kept aside."""
    settle_file()
    os.sync()
    names = (
        ["blobs"] if is_postgres() else ["blobs", *(f"{target.database.name}{end}" for end in _SIDE_FILES)]
    )
    for name in names:
        _swap(target, name)
    flush_directory(target.data)


def _swap(target: Target, name: str) -> None:
    old, new = target.data / name, target.stage / name
    if old.exists():
        target.keep.mkdir(mode=0o700, exist_ok=True)
        old.rename(target.keep / name)
        target.aside = ", ".join(filter(None, dict.fromkeys([target.aside, str(target.keep)])))
    if new.exists():
        new.rename(old)
