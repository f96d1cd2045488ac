"""`leitstelle manage reindex`: build the search index anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leitstelle.kernel.search.projecting import lag, reindex


class Command(BaseCommand):
    """Searching goes on meanwhile and finds what is there already."""

    help = "Build the search index anew, all of it or only some kinds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kinds", nargs="*", help="ticket, person, …; none: everything")

    def handle(self, *args: Any, kinds: list[str], **options: Any) -> None:
        done = 0
        for done in reindex(kinds or None):
            self.stdout.write(f"\r{done} ", ending="")
        self.stdout.write(f"\r{done} objects indexed; {lag()} events behind")
