"""`leitstelle backup [TARGET]`: one archive of the whole desk, while everybody goes on working.
`leitstelle backup verify ARCHIVE`: read an archive from end to end and compare every digest; needs no database.

Exit codes: 0 made and read back, 1 made but files were missing (or, for verify: damaged), 2 could not be made.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from leitstelle.config import env
from leitstelle.config.backup import reading, shelf
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Manifest
from leitstelle.config.backup.terminal import Bar, megabytes, passphrase_of
from leitstelle.config.cli.table import DONE, USAGE, WRONG, set_up_django
from leitstelle.config.texts import _

if TYPE_CHECKING:
    from leitstelle.config.backup.writing import Made

HELP = "write the whole desk into one archive, or verify one"
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[TARGET] | verify ARCHIVE",
        help="file (.tar) or directory to write to, by default LEITSTELLE_BACKUP_DIR; or `verify` and an archive",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="do not read the archive back")
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="seal the archive with the passphrase in this file (- is standard input); it then holds the keys too",
    )
    parser.add_argument(
        "--include-key", action="store_true", help="put the secret keys into an unsealed archive"
    )


def run(args: argparse.Namespace) -> int:
    words = args.words
    try:
        if words[:1] == ["verify"] and len(words) == 2:
            return _verify(Path(words[1]), args)
        if len(words) > 1 or words == ["verify"]:
            sys.stderr.write(_("Give one target, or `verify` and one archive.") + "\n")
            return USAGE
        return _make(Path(words[0]) if words else shelf.directory(), args)
    except Damaged as problem:
        sys.stderr.write(f"leitstelle backup: {problem}\n")
        return WRONG
    except BackupError as problem:
        sys.stderr.write(f"leitstelle backup: {problem}\n")
        return USAGE


def _verify(path: Path, args: argparse.Namespace) -> int:
    bar, started = Bar(shown=not args.json), monotonic()
    try:
        seen = reading.verify(
            path, passphrase_of(args.passphrase_file), lambda done, total: bar("verify", done, total)
        )
    finally:
        bar.clear()
    found, seconds = reading.manifest_of(seen), monotonic() - started
    shelf.note_verified(path, datetime.now(UTC))
    if args.json:
        sys.stdout.write(
            json.dumps({"ok": True, **figures(found), "verify_seconds": round(seconds, 2)}) + "\n"
        )
    else:
        text = _("The archive is whole: %(what)s, read in %(seconds)s s.")
        sys.stdout.write(text % {"what": in_words(found), "seconds": f"{seconds:.1f}"} + "\n")
    return DONE


def _make(target: Path, args: argparse.Namespace) -> int:
    passphrase = passphrase_of(args.passphrase_file)
    set_up_django()
    writing = import_module("leitstelle.config.backup.writing")
    wish = writing.Wish(target, passphrase, args.include_key, args.quick)
    bar = Bar(shown=not args.json)
    try:
        made = writing.make(wish, datetime.now(UTC), bar)
    finally:
        bar.clear()
    shelf.note_made(made.path, made.manifest, seconds=made.seconds, verified=made.verify_seconds is not None)
    _tell(made, as_json=args.json)
    _warn(made.manifest)
    return WRONG if made.manifest.files.missing else DONE


def figures(found: Manifest) -> dict[str, Any]:
    """What is in an archive, for machines."""
    return {
        "format": found.format,
        "version": found.version,
        "database": found.database,
        "created_at": found.created_at,
        "rows": found.rows,
        "tables": {table.name: table.rows for table in found.tables},
        "files": found.files.count,
        "file_bytes": found.files.bytes,
        "missing_files": found.files.missing,
        "includes_keys": found.includes_keys,
        "journal": found.journal,
    }


def in_words(found: Manifest) -> str:
    """What is in an archive, for people."""
    tickets = found.table("tickets_ticket")
    text = _(
        "%(tickets)s tickets, %(rows)s rows of %(tables)s tables, %(files)s files (%(size)s), as of %(moment)s UTC"
    )
    return text % {
        "tickets": tickets.rows if tickets else 0,
        "rows": found.rows,
        "tables": len(found.tables),
        "files": found.files.count,
        "size": megabytes(found.files.bytes),
        "moment": f"{found.moment:%Y-%m-%d %H:%M:%S}",
    }


def _tell(made: "Made", *, as_json: bool) -> None:
    if as_json:
        told = {
            "archive": str(made.path),
            "bytes": made.size,
            "seconds": round(made.seconds, 2),
            "verify_seconds": None if made.verify_seconds is None else round(made.verify_seconds, 2),
            **figures(made.manifest),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        return
    lines = [f"{made.path} ({megabytes(made.size)})", in_words(made.manifest)]
    if made.verify_seconds is None:
        lines.append(_("Written in %(seconds)s s, not read back.") % {"seconds": f"{made.seconds:.1f}"})
    else:
        text = _("Written in %(seconds)s s, read back and compared in %(verify)s s.")
        lines.append(text % {"seconds": f"{made.seconds:.1f}", "verify": f"{made.verify_seconds:.1f}"})
    sys.stdout.write("\n".join(lines) + "\n")


def _warn(found: Manifest) -> None:
    if found.files.missing:
        text = _("WARNING: %(count)s files are missing or damaged on this machine and not in the archive.")
        sys.stderr.write(text % {"count": len(found.files.missing)} + "\n")
    if not found.includes_keys:
        text = _(
            "NOT INCLUDED: the secret key (%(place)s). Without it mailbox passwords cannot be read after a restore. "
            "Keep it apart from the archive, or seal the archive with --passphrase-file, which takes the keys along."
        )
        place = "SECRET_KEY" if env.read("SECRET_KEY") else str(env.read("LEITSTELLE_DATA") / "secret_key")
        sys.stderr.write(text % {"place": place} + "\n")
