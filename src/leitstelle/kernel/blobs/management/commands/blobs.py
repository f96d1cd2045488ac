"""`leitstelle manage blobs check|clean`: do files and rows fit together?"""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leitstelle.kernel.blobs.cleaning import check, clean


class Command(BaseCommand):
    """Exit code 0: all is well; 1: contents are missing or damaged."""

    help = "Check stored files against their rows (check), or remove what nobody refers to (clean)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "clean"])
        parser.add_argument(
            "--read", action="store_true", help="check: read every file and compare its digest"
        )

    def handle(self, *args: Any, what: str, read: bool, **options: Any) -> None:
        if what == "clean":
            done = clean(datetime.now(UTC))
            self.stdout.write(f"{done.rows} rows and {done.files} files removed")
            return
        found = check(read=read)
        for digest in found.missing:
            self.stdout.write(f"missing {digest}")
        for digest in found.damaged:
            self.stdout.write(f"damaged {digest}")
        if found.missing or found.damaged:
            raise CommandError(f"{len(found.missing)} missing, {len(found.damaged)} damaged of {found.rows}")
        self.stdout.write(f"{found.rows} files, all there")
