"""`leitstelle demo`: load the demo company into an empty desk.

Exit codes: 0 loaded (or loaded before), 1 the desk holds tickets of its own.
"""

import argparse
import json
import sys

from leitstelle.config.cli.table import DONE, WRONG
from leitstelle.config.demo import is_loaded, load, sign_ins
from leitstelle.config.texts import _
from leitstelle.tickets.models import Ticket

HELP = "load the demo company into an empty desk"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tickets", type=int, default=400, help="how many tickets (default 400)")
    parser.add_argument("--json", action="store_true", help="print the sign-ins as JSON")


def run(args: argparse.Namespace) -> int:
    if not is_loaded() and Ticket.objects.exists():
        sys.stderr.write(
            _("This desk already holds tickets. Load the demo into an empty one (LEITSTELLE_DATA).") + "\n"
        )
        return WRONG
    load(_show if sys.stderr.isatty() else _quiet, tickets=args.tickets)
    if args.json:
        print(json.dumps([vars(one) for one in sign_ins()], ensure_ascii=False))
        return DONE
    for one in sign_ins():
        sys.stdout.write(f"{one.email:<45} {one.password}  {one.name} ({one.role})\n")
    return DONE


def _show(share: float, detail: str) -> None:
    sys.stderr.write(f"\r[{'#' * int(30 * share):<30}] {detail:<12}" + ("\n" if share >= 1 else ""))
    sys.stderr.flush()


def _quiet(share: float, detail: str) -> None:
    """Nobody is watching."""
