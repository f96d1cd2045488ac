"""`leitstelle doctor`: what is wrong with this installation and what to do; exit code 1 when something is."""

import argparse
import json
import sys
from collections.abc import Iterator
from importlib import import_module

from leitstelle.config.cli.table import DONE, WRONG, set_up_django
from leitstelle.config.doctor import Finding, Level, examine
from leitstelle.config.doctor.findings import error, warning
from leitstelle.config.doctor.machine import CHECKS
from leitstelle.config.texts import _

HELP = "say what is wrong and what to do"
DJANGO = False
SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}
# Without them nothing about mail and background processes can be known.
GROUND = {"database", "migrations"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def findings() -> Iterator[Finding]:
    """All checks; those that need settings or database only when these are there."""
    yield from examine(CHECKS)
    try:
        set_up_django()
    except Exception as problem:
        what = _("The settings cannot be loaded: %(problem)s") % {"problem": problem}
        yield error("settings", what, _("Correct what is reported above, then run the doctor again."))
        return
    data = list(_examined("data"))
    yield from data
    if any(finding.level is Level.ERROR and finding.code in GROUND for finding in data):
        what = _("Mail and background processes were not looked at: the database is not ready.")
        yield warning("services", what, _("Correct what is reported above, then run the doctor again."))
        return
    yield from _examined("services")


def _examined(name: str) -> Iterator[Finding]:
    return examine(import_module(f"leitstelle.config.doctor.{name}").CHECKS)


def run(args: argparse.Namespace) -> int:
    found = list(findings())
    wrong = sum(finding.level is Level.ERROR for finding in found)
    warnings = sum(finding.level is Level.WARNING for finding in found)
    if args.json:
        report = {"errors": wrong, "warnings": warnings, "findings": [finding.as_dict() for finding in found]}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        for finding in found:
            sys.stdout.write(f"{SIGNS[finding.level]} {finding.code:<15} {finding.what}\n")
            if finding.advice:
                sys.stdout.write(f"{'':24}→ {finding.advice}\n")
        summary = _("%(errors)s errors, %(warnings)s warnings") % {"errors": wrong, "warnings": warnings}
        sys.stdout.write(summary + "\n")
    return WRONG if wrong else DONE
