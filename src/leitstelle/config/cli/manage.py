"""`leitstelle manage …`: Django's own commands."""

import argparse

from django.core.management import ManagementUtility

HELP = "Django's commands (migrate, shell, …)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="command and its options; `help` lists them")


def run(args: argparse.Namespace) -> int:
    ManagementUtility(["leitstelle manage", *args.rest]).execute()
    return 0
