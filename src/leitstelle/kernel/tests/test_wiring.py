"""The wiring is documented: who reacts to which event."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

import leitstelle
from leitstelle.kernel.events.data import event_classes
from leitstelle.kernel.events.management.commands.wiring import table
from leitstelle.kernel.events.subscriptions import wiring
from leitstelle.kernel.tests.samples import Echoed, Sampled, subscribed

DOCUMENT = Path(leitstelle.__file__).resolve().parents[2] / "docs" / "wiring.md"


def product_lines(text: str) -> list[str]:
    """The lines of the table without the events of tests, whichever of those were imported."""
    ours = [f"| `{code}` |" for code, event in event_classes().items() if ".tests." in event.__module__]
    return [line for line in text.splitlines() if not line.startswith(tuple(ours))]


def test_the_document_says_what_is_wired() -> None:
    written = product_lines(DOCUMENT.read_text("utf-8"))
    assert written == product_lines(table()), "run: leitstelle manage wiring > docs/wiring.md"


def test_the_command_prints_the_table() -> None:
    out = StringIO()
    call_command("wiring", stdout=out)
    assert out.getvalue() == table()


def test_a_subscriber_stands_beside_its_events_with_its_marks() -> None:
    with subscribed(lambda event: None, Sampled, Echoed, network=True):
        lines = table().splitlines()
        names = [subscriber.name for subscriber in wiring()["test.echoed"]]
    assert "| `test.sampled` | `test.handler` (network) |" in lines
    assert names == ["test.handler"]
    assert "| `test.sampled` | – |" in table().splitlines()
