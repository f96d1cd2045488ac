"""`leitstelle restore ARCHIVE`: verify an archive, then make a desk of it, on either database whatever it came from.

Exit codes: 0 restored and checked, 1 the archive is damaged (nothing was changed) or the restored desk has flaws that
are named, 2 refused (nothing was changed).
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from leitstelle.config import env
from leitstelle.config.backup import keys, reading
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Manifest
from leitstelle.config.backup.terminal import Bar, megabytes, passphrase_of
from leitstelle.config.cli.backup import figures, in_words
from leitstelle.config.cli.table import DONE, USAGE, WRONG, set_up_django
from leitstelle.config.texts import _

if TYPE_CHECKING:
    from leitstelle.config.backup.restoring import Restored

HELP = "make a desk of an archive of `leitstelle backup`"
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", type=Path)
    parser.add_argument("--data", metavar="DIR", help="data directory to fill, by default LEITSTELLE_DATA")
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help="PostgreSQL database to fill, by default DATABASE_URL; `sqlite` fills SQLite in the data directory",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace the desk that is there; it is kept aside"
    )
    parser.add_argument("--check-only", action="store_true", help="verify the archive and change nothing")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="file of a sealed archive's passphrase, - is standard input"
    )
    parser.add_argument(
        "--without-key",
        action="store_true",
        help="restore although the secret key is not here: stored passwords must be entered anew",
    )
    parser.add_argument(
        "--send-mail",
        action="store_true",
        help="do not hold mail that waited when the backup was made; it may go out a second time",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(args: argparse.Namespace) -> int:
    bar = Bar(shown=not args.json)
    try:
        return _restore(args, bar)
    except Damaged as problem:
        bar.clear()
        sys.stderr.write(f"leitstelle restore: {problem} {_('Nothing was changed.')}\n")
        return WRONG
    except BackupError as problem:
        bar.clear()
        sys.stderr.write(f"leitstelle restore: {problem} {_('Nothing was changed.')}\n")
        return USAGE


def _restore(args: argparse.Namespace, bar: Bar) -> int:
    _aim(args)
    passphrase = passphrase_of(args.passphrase_file)
    seen = reading.verify(args.archive, passphrase, lambda done, total: bar("verify", done, total))
    found = reading.manifest_of(seen)
    bar.clear()
    if not args.json:
        sys.stdout.write(_("The archive is whole: %(what)s.") % {"what": in_words(found)} + "\n")
    if args.check_only:
        if args.json:
            sys.stdout.write(json.dumps({"ok": True, **figures(found)}) + "\n")
        return DONE
    todo, fit = _keys(found, seen.keys, without=args.without_key)
    set_up_django()
    restoring = import_module("leitstelle.config.backup.restoring")
    wish = restoring.Wish(args.archive, found, passphrase, args.force, not args.send_mail, fit)
    restored = restoring.restore(wish, datetime.now(UTC), bar)
    bar.clear()
    _tell(restored, todo, found, as_json=args.json)
    return WRONG if restored.care.problems else DONE


def _aim(args: argparse.Namespace) -> None:
    """Make the place given on the line the one that the settings name."""
    if args.data:
        os.environ["LEITSTELLE_DATA"] = args.data
    if args.database_url:
        os.environ["DATABASE_URL"] = "" if args.database_url == "sqlite" else args.database_url
    env.read("DATABASE_URL")


def _keys(found: Manifest, included: keys.Keys | None, *, without: bool) -> tuple[list[str], bool]:
    """What is left to do about the keys, and whether those of the archive are here. Raises BackupError."""
    data: Path = env.read("LEITSTELLE_DATA")
    todo = []
    if included is not None and not without:
        todo = keys.put_back(included, found, data)
    lacking = keys.missing(found, keys.present(data))
    if lacking and not without:
        text = _(
            "The archive was written with another %(names)s. Set it, or put the file secret_key of the old desk into "
            "%(data)s; --without-key restores without stored passwords."
        )
        raise BackupError(text % {"names": ", ".join(lacking), "data": data})
    if lacking:
        todo.append(_("Enter the passwords of the mailboxes anew: their key is not here."))
    return todo, not lacking


def _tell(restored: "Restored", todo: list[str], found: Manifest, *, as_json: bool) -> None:
    care = restored.care
    if as_json:
        told = {
            "ok": not care.problems,
            "seconds": round(restored.seconds, 2),
            "aside": restored.aside,
            "replaced": restored.replaced,
            "todo": todo,
        }
        sys.stdout.write(json.dumps(told | {**care.as_dict(), "from": figures(found)}) + "\n")
        return
    text = _(
        "Restored in %(seconds)s s: %(tickets)s tickets, %(rows)s rows, %(files)s files (%(size)s). Every row was read "
        "back and compared. %(events)s events of the journal, %(clocks)s tickets' deadlines and %(searches)s searches "
        "checked, %(indexed)s objects indexed."
    )
    values = {**care.as_dict(), "size": megabytes(care.file_bytes), "seconds": f"{restored.seconds:.1f}"}
    sys.stdout.write(text % values + "\n")
    if restored.aside:
        sys.stdout.write(_("The desk that was here is kept in %(place)s.") % {"place": restored.aside} + "\n")
    if restored.replaced:
        text = _(
            "%(count)s rows held characters that PostgreSQL cannot keep (NUL); “�” stands in their place."
        )
        sys.stdout.write(text % {"count": restored.replaced} + "\n")
    if care.mails_held:
        text = _(
            "%(count)s mails are on hold: they waited when the backup was made and may have been sent since. An "
            "administrator releases or drops them under Administration, Backups."
        )
        sys.stdout.write(text % {"count": care.mails_held} + "\n")
    for line in todo:
        sys.stdout.write(f"→ {line}\n")
    for problem in care.problems:
        sys.stderr.write(_("FOUND WRONG: %(problem)s") % {"problem": problem} + "\n")
