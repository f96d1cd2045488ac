"""`leitstelle manage wiring`: which events reach whom, as the Markdown kept in `docs/wiring.md`."""

from typing import Any

from django.core.management.base import BaseCommand

from leitstelle.kernel.events.subscriptions import Subscription, wiring

HEAD = """# Wiring

Which recorded event reaches which subscriber. Made by `leitstelle manage wiring`; a test compares.
*inline* runs in the recorder's transaction, *network* outside of any, *automation* stops at depth 3;
all others run in the worker after the commit, in a transaction of their own.
"""


class Command(BaseCommand):
    """Prints the table; writes nothing."""

    help = "Print event -> subscribers as Markdown"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table(), ending="")


def table() -> str:
    """Return the whole document."""
    rows = [f"| `{code}` | {_names(subscribers)} |" for code, subscribers in wiring().items()]
    return "\n".join([HEAD, "| event | subscribers |", "|---|---|", *rows, ""])


def _names(subscribers: list[Subscription]) -> str:
    return ", ".join(f"`{sub.name}`{_marks(sub)}" for sub in subscribers) or "–"


def _marks(subscriber: Subscription) -> str:
    marks = [mark for mark in ("inline", "network", "automation") if getattr(subscriber, mark)]
    return f" ({', '.join(marks)})" if marks else ""
