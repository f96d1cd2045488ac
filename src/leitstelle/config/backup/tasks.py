"""The nightly backup, and one that an administrator asks for, in a process of its own beside the worker."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

from leitstelle.config import env
from leitstelle.config.backup import shelf
from leitstelle.config.cli.table import DONE, WRONG
from leitstelle.kernel.work.models import ScheduleRow, ScheduleState
from leitstelle.kernel.work.schedules import schedule

logger = logging.getLogger("leitstelle.backup")

NIGHTLY = "backup.nightly"


@dataclass(frozen=True)
class Progress:
    """Whether a backup is waiting for the worker or being made, its bytes so far, and why the last one failed."""

    waiting: bool
    written: int | None
    failed: str

    @property
    def busy(self) -> bool:
        return self.waiting or self.written is not None


def progress(now: datetime) -> Progress:
    """How far the backup is that somebody asked for, or that the night brings. One statement."""
    row = ScheduleRow.objects.filter(name=NIGHTLY).first()
    written = shelf.written_so_far()
    if row is None:
        return Progress(shelf.is_requested() and written is None, written, "")
    waiting = row.state != ScheduleState.IDLE or (row.next_due <= now and shelf.is_requested())
    return Progress(waiting and written is None, written, row.last_error if row.failures else "")


class BackupFailed(RuntimeError):
    """The command ended with an error; the text is what it said."""


@schedule(NIGHTLY, daily_at="01:30")
def nightly(now: datetime) -> None:
    """Make a backup where LEITSTELLE_BACKUP_DIR is set or somebody asked, then remove those kept no longer."""
    asked = shelf.take_request()
    if env.read("LEITSTELLE_BACKUP_DIR") is None and not asked:
        return
    complete = run_command()
    days, weeks, months = env.read("LEITSTELLE_BACKUP_KEEP")
    for name in shelf.thin_out(days=days, weeks=weeks, months=months):
        logger.info("backup %s is kept no longer", name)
    if not complete:
        raise BackupFailed(
            "the backup was made, but files are missing: `leitstelle manage blobs check` names them"
        )


def run_command() -> bool:
    """Make one backup by `leitstelle backup`; returns whether it is complete. Raises BackupFailed with its words."""
    words = [sys.executable, "-m", "leitstelle", "backup", "--json"]
    if (passphrase := env.read("LEITSTELLE_BACKUP_PASSPHRASE_FILE")) is not None:
        words += ["--passphrase-file", str(passphrase)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode not in (DONE, WRONG):
        raise BackupFailed(ended.stderr.strip()[-1000:])
    logger.info("backup made: %s", ended.stdout.strip()[:300])
    return ended.returncode == DONE
