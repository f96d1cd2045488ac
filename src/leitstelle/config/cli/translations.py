"""`leitstelle translations extract|compile|check`: the catalogues of German and English."""

import argparse
import json

from leitstelle.kernel import i18n

HELP = "find, compile and check the translated texts"
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb; `check` has a machine-readable form."""
    parser.add_argument("verb", choices=["extract", "compile", "check"])
    parser.add_argument("--json", action="store_true", help="print findings of check as JSON")


def run(args: argparse.Namespace) -> int:
    """Exit code 0, or 1 where `check` found something."""
    if args.verb == "extract":
        for language, count in i18n.update().items():
            print(f"{language}: {count} texts")
        return 0
    if args.verb == "compile":
        for path in i18n.compile_all():
            print(path)
        return 0
    findings = i18n.check()
    if args.json:
        print(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
        print(f"{len(findings)} findings")
    return 1 if findings else 0
