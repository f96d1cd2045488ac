"""What must be done before the desk can serve: translations, static files, database, demo company.

Runs as a process of its own (`python -m leitstelle.config.prepare`) that writes one JSON object a line about its
progress, so that the supervisor stays small. Leaves showing it to `progress` and the terminal.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from leitstelle.config.cli.table import DONE, INTERRUPTED, UNEXPECTED, USAGE, report, set_up_django
from leitstelle.config.env import ConfigurationError
from leitstelle.config.static_files import collect
from leitstelle.config.texts import terminal_language
from leitstelle.kernel.search.linguistics import lexicon

SHOW_EVERY = 0.2
Report = Callable[[float, str], None]


def pages(report: Report) -> None:
    """Collects the static files of a checkout; a wheel brings them."""
    if not settings.STATIC_ROOT.is_relative_to(settings.PACKAGE):
        collect(settings.STATIC_ROOT)


def database(report: Report) -> None:
    """Brings the tables up to date and stores what every desk starts with."""
    # Both import what can be read only once Django is set up.
    import_module("leitstelle.config.tables").bring_up_to_date(report)
    import_module("leitstelle.config.shipped").ensure_shipped(timezone.now())


class WordList:
    """The dictionary behind search and mail, made beside the other steps: it needs a processor and no database."""

    def __init__(self) -> None:
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._make, daemon=True)

    def start(self) -> None:
        """Begins to make it, unless it is there already."""
        self._thread.start()

    def finish(self, report: Report) -> None:
        """Waits for it; raises what went wrong."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _make(self) -> None:
        try:
            lexicon.make()
        except Exception as error:
            self._failure = error


def demo_company(report: Report) -> None:
    """Loads the demo company once."""
    import_module("leitstelle.config.demo").load(report)


@dataclass(frozen=True)
class Step:
    """One step: English msgid, share of the whole time, and what to do; `report` takes 0…1 of it and a detail."""

    name: str
    weight: int
    run: Callable[[Report], None]


def _(message: str) -> str:
    """Marks a text for extraction; whoever shows it translates it."""
    return message


def steps(words: WordList) -> list[Step]:
    """The steps of this start; `words` was started before."""
    found = [
        Step(_("Prepare texts and pages"), 5, pages),
        Step(_("Set up the database"), 25, database),
        Step(_("Prepare the dictionary for search"), 5, words.finish),
    ]
    if settings.DEMO:
        found.append(Step(_("Load the demo company"), 70, demo_company))
    return found


@dataclass
class Teller:
    """Writes progress lines, at most some a second."""

    steps: list[Step]
    out: Any
    _last: float = field(default=0.0)

    def tell(self, index: int, share: float, detail: str, *, always: bool = False, **extra: Any) -> None:
        """One line about step `index`, of which `share` (0…1) is done."""
        now = time.monotonic()
        if not always and now - self._last < SHOW_EVERY:
            return
        self._last = now
        total = sum(step.weight for step in self.steps)
        before = sum(step.weight for step in self.steps[:index])
        weight = self.steps[index].weight if index < len(self.steps) else 0
        percent = int(100 * (before + weight * min(1.0, share)) / total)
        names = [step.name for step in self.steps]
        line = {"step": index, "percent": percent, "detail": detail, "steps": names} | extra
        self.out.write(json.dumps(line) + "\n")
        self.out.flush()


def demo_sign_ins() -> list[list[str]]:
    """Role in the terminal's language, name, address and password of each demo sign-in; none outside of demo mode."""
    if not settings.DEMO:
        return []
    listed = import_module("leitstelle.config.demo").sign_ins()
    names = import_module("leitstelle.accounts.labels").DEMO_ROLES
    with translation.override(terminal_language()):
        roles = {code: str(name) for code, name in names.items()}
    return [[roles.get(one.role, one.role), one.name, one.email, one.password] for one in listed]


def run(out: Any) -> None:
    """Does every step in order, telling progress; the last line names the demo sign-ins."""
    words = WordList()
    words.start()
    todo = steps(words)
    teller = Teller(todo, out)
    for index, step in enumerate(todo):
        teller.tell(index, 0.0, "", always=True)
        step.run(lambda share, detail="", index=index: teller.tell(index, share, detail))  # type: ignore[misc]
    teller.tell(len(todo), 1.0, "", always=True, sign_ins=demo_sign_ins())


def main() -> int:
    """Exit code 0 when everything is ready, 2 for a wrong configuration, 70 for an unexpected error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints goes to the terminal, not between the progress lines
    try:
        set_up_django()
        run(out)
    except ConfigurationError as error:
        sys.stderr.write(f"leitstelle: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        report("up", error)
        return UNEXPECTED
    return DONE


if __name__ == "__main__":
    sys.exit(main())
