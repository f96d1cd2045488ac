"""`leitstelle files move --to s3|disk`: copies stored files between the data directory and the bucket, compared.

Exit codes: 0 done, 1 files are missing or damaged, 2 no bucket is configured, 75 the bucket cannot be used: try again.
"""

import argparse
import sys

from django.conf import settings

from leitstelle.config.backup.terminal import Bar
from leitstelle.config.cli.table import DONE, TRY_AGAIN, USAGE, WRONG
from leitstelle.config.texts import _
from leitstelle.kernel.blobs.errors import FileStoreDown
from leitstelle.kernel.blobs.landing import landing
from leitstelle.kernel.blobs.moving import Moved, to_bucket, to_disk

HELP = "move stored files between the data directory and an S3-compatible bucket"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    move = commands.add_parser(
        "move", help="copy what is not there yet; may be broken off and begun again at any time"
    )
    move.add_argument("--to", choices=["s3", "disk"], required=True, help="where the files are to be")
    move.add_argument(
        "--quick", action="store_true", help="to s3: do not read back what was copied and compare it"
    )


def run(args: argparse.Namespace) -> int:
    if settings.S3 is None:
        print(
            _("No bucket is configured: set LEITSTELLE_S3_BUCKET and the variables beside it."),
            file=sys.stderr,
        )
        return USAGE
    place, bar = landing(), Bar()

    def progress(done: int, total: int) -> None:
        bar("files", done, total)

    try:
        there = args.to == "s3"
        moved = to_bucket(place, progress, compare=not args.quick) if there else to_disk(place, progress)
    except FileStoreDown as error:
        bar.clear()
        print(_("The bucket cannot be used: %(reason)s") % {"reason": error}, file=sys.stderr)
        return TRY_AGAIN
    bar.clear()
    return _report(moved, args.to)


def _report(moved: Moved, target: str) -> int:
    for digest in moved.damaged:
        print(f"damaged {digest}")
    for digest in moved.missing:
        print(f"missing {digest}")
    text = _("%(copied)s files copied (%(size)s MB), %(present)s were there already.")
    size = f"{moved.bytes / 1024**2:.1f}"
    print(text % {"copied": moved.copied, "size": size, "present": moved.present})
    if moved.damaged or moved.missing:
        return WRONG
    if target == "disk":
        print(_("Now stop the desk, remove LEITSTELLE_S3_BUCKET and start it again."))
    return DONE
