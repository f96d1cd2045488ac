"""The directory of archives: what lies there, when each was made and verified, and how long each is kept.

Beside each archive lies a small file of the same name and `.json` with its figures, so that a list needs to open none.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leitstelle.config import env
from leitstelle.config.backup.manifest import Manifest

ENDINGS = (".tar", ".tar.sealed")
_PREFIX = "leitstelle-"
_WANTED = ".wanted"
# Longer than reading any archive back, during which its file does not change.
_STALLED = 1800.0


@dataclass
class Note:
    """The figures of one archive; times are ISO 8601 in UTC, `verified_at` empty where it was never read back."""

    created_at: str
    size: int
    seconds: float
    version: str
    database: str
    rows: int
    tickets: int
    files: int
    missing_files: int
    includes_keys: bool
    verified_at: str = ""


@dataclass(frozen=True)
class Archive:
    """One archive of the directory; `note` is None where its figures are not there or cannot be read."""

    path: Path
    size: int
    made_at: datetime
    note: Note | None

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def verified_at(self) -> datetime | None:
        """When it was last read back without a flaw."""
        if self.note is None or not self.note.verified_at:
            return None
        return datetime.fromisoformat(self.note.verified_at)

    @property
    def is_good(self) -> bool:
        """Whether it was verified and has the size it had then."""
        note = self.note
        return note is not None and bool(note.verified_at) and note.size == self.size


def directory() -> Path:
    """Where archives go: LEITSTELLE_BACKUP_DIR, else `backups` in the data directory."""
    chosen: Path | None = env.read("LEITSTELLE_BACKUP_DIR")
    data: Path = env.read("LEITSTELLE_DATA")
    return chosen or data / "backups"


def archives(folder: Path | None = None) -> list[Archive]:
    """The archives of the directory, newest first; an unreadable directory has none."""
    found = []
    with suppress(OSError):
        for path in (folder or directory()).iterdir():
            if path.name.startswith(_PREFIX) and path.name.endswith(ENDINGS):
                with suppress(OSError):
                    found.append(_archive(path))
    return sorted(found, key=lambda one: (one.made_at, one.name), reverse=True)


def _archive(path: Path) -> Archive:
    seen = path.stat()
    note = _read(path)
    made_at = datetime.fromtimestamp(seen.st_mtime, UTC)
    return Archive(path, seen.st_size, datetime.fromisoformat(note.created_at) if note else made_at, note)


def last_good(folder: Path | None = None) -> Archive | None:
    """The newest archive that can be relied on."""
    return next((one for one in archives(folder) if one.is_good), None)


def request(folder: Path | None = None) -> None:
    """Leave word that a backup is wanted now; raises OSError where the directory cannot be written."""
    place = folder or directory()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    (place / _WANTED).touch()


def take_request(folder: Path | None = None) -> bool:
    """Whether somebody left word; takes it away."""
    try:
        ((folder or directory()) / _WANTED).unlink()
    except OSError:
        return False
    return True


def is_requested(folder: Path | None = None) -> bool:
    """Whether a backup that was asked for has not begun yet."""
    return ((folder or directory()) / _WANTED).exists()


def is_running(folder: Path | None = None) -> bool:
    """Whether an archive is being written or read back right now."""
    return written_so_far(folder) is not None


def written_so_far(folder: Path | None = None) -> int | None:
    """How many bytes of a new archive are there by now; None where none is being made.

    A temporary file that has not grown for long belongs to a backup that broke off.
    """
    with suppress(OSError):
        place, now = folder or directory(), datetime.now(UTC).timestamp()
        for path in place.glob(f".{_PREFIX}*.partial"):
            seen = path.stat()
            if now - seen.st_mtime < _STALLED:
                return seen.st_size
    return None


def note_made(path: Path, found: Manifest, *, seconds: float, verified: bool) -> None:
    """Write the figures of a new archive beside it."""
    tickets = found.table("tickets_ticket")
    _write(
        path,
        Note(
            created_at=found.created_at,
            size=path.stat().st_size,
            seconds=round(seconds, 2),
            version=found.version,
            database=found.database,
            rows=found.rows,
            tickets=tickets.rows if tickets else 0,
            files=found.files.count,
            missing_files=len(found.files.missing),
            includes_keys=found.includes_keys,
            verified_at=datetime.now(UTC).isoformat(timespec="seconds") if verified else "",
        ),
    )


def note_verified(path: Path, now: datetime) -> None:
    """Remember that an archive was verified, where its figures are known and can be written."""
    note = _read(path)
    if note is not None:
        note.verified_at, note.size = now.isoformat(timespec="seconds"), path.stat().st_size
        with suppress(OSError):
            _write(path, note)


def _side(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _read(path: Path) -> Note | None:
    try:
        data: dict[str, Any] = json.loads(_side(path).read_text("utf-8"))
        note = Note(**data)
        datetime.fromisoformat(note.created_at)
        return note
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, note: Note) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.json")
    temporary.write_text(json.dumps(asdict(note), indent=1), "utf-8")
    temporary.replace(_side(path))


def to_keep(made: Iterable[datetime], *, days: int, weeks: int, months: int) -> set[datetime]:
    """Which of these backups are kept: the newest of each of the latest `days`, `weeks` and `months` that have one.

    Days are those of UTC, weeks begin on Monday.
    """
    kept: set[datetime] = set()
    newest_first = sorted(made, reverse=True)
    for limit, period in (
        (days, lambda at: at.date().isoformat()),
        (weeks, lambda at: "{}-{}".format(*at.isocalendar()[:2])),
        (months, lambda at: f"{at:%Y-%m}"),
    ):
        seen: set[str] = set()
        for at in newest_first:
            if period(at) not in seen and len(seen) < limit:
                seen.add(period(at))
                kept.add(at)
    return kept


def thin_out(*, days: int, weeks: int, months: int, folder: Path | None = None) -> list[str]:
    """Remove the archives that are kept no longer; the last good one always stays. Returns their names."""
    found = archives(folder)
    kept = to_keep([one.made_at for one in found if one.is_good], days=days, weeks=weeks, months=months)
    best = last_good(folder)
    removed = []
    for one in found:
        # A file that we know nothing of is somebody's; what is not known to be good goes once something good is newer.
        spare = one.note is not None and best is not None and one.made_at < best.made_at
        if one.made_at not in kept and spare:
            one.path.unlink(missing_ok=True)
            _side(one.path).unlink(missing_ok=True)
            removed.append(one.name)
    return removed
