"""A finding, and how a list of checks is run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from leitstelle.config.texts import _


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `code` is stable, `what` and `advice` are in the language of the reader."""

    code: str
    level: Level
    what: str
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[], Iterable[Finding]]


def ok(code: str, what: str) -> Finding:
    return Finding(code, Level.OK, what)


def warning(code: str, what: str, advice: str) -> Finding:
    return Finding(code, Level.WARNING, what, advice)


def error(code: str, what: str, advice: str) -> Finding:
    return Finding(code, Level.ERROR, what, advice)


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Runs the checks in order; a check that breaks is reported as an error of its own name."""
    for check in checks:
        try:
            yield from check()
        except Exception as problem:
            what = _("The check failed: %(problem)s") % {"problem": f"{type(problem).__name__}: {problem}"}
            yield error(
                check.__name__, what, _("See the line above it; later checks often follow from earlier ones.")
            )
