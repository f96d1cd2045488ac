"""What people see of a backup or restore at the terminal: a bar, numbers and sizes, and reading a passphrase."""

import sys
from pathlib import Path
from time import monotonic

from leitstelle.config.backup.errors import BackupError
from leitstelle.config.backup.sealing import read_passphrase
from leitstelle.config.texts import _

_EVERY = 0.1
_WIDTH = 24


def _name(what: str) -> str:
    """What a step is called, in the language of the terminal."""
    return {
        "tables": _("Reading the database"),
        "files": _("Copying files"),
        "verify": _("Reading back and comparing"),
        "schema": _("Making the tables"),
        "copy": _("Filling in rows and files"),
        "compare": _("Comparing every row"),
        "check": _("Checking files"),
        "journal": _("Checking the journal"),
        "index": _("Building the search index"),
    }[what]


class Bar:
    """One line that is drawn over again; silent where standard error is no terminal."""

    def __init__(self, *, shown: bool = True) -> None:
        self._shown = shown and sys.stderr.isatty()
        self._last, self._what = 0.0, ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` of a step is reached."""
        now = monotonic()
        if not self._shown or (now - self._last < _EVERY and what == self._what):
            return
        self._last, self._what = now, what
        share = min(1.0, done / total) if total else 1.0
        filled = round(share * _WIDTH)
        bar = "█" * filled + "·" * (_WIDTH - filled)
        sys.stderr.write(f"\r\x1b[K{_name(what):<28} {bar} {share:4.0%}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def megabytes(size: int) -> str:
    """A size in MB with one digit."""
    return f"{size / 1024 / 1024:.1f} MB"


def passphrase_of(path: str | None) -> bytes | None:
    """The passphrase in a file, `-` reads standard input; raises BackupError."""
    if path is None:
        return None
    try:
        return read_passphrase(sys.stdin.readline() if path == "-" else Path(path).read_text("utf-8"))
    except (OSError, UnicodeError) as error:
        text = _("The passphrase file cannot be read: %(reason)s") % {"reason": error}
        raise BackupError(text) from None
