"""Patterns by which a vendor's ticket number is recognised: regular expressions that cannot hang.

A pattern is taken apart before it is accepted. Repetitions have an end, and all choices multiplied stay below a bound,
so that matching takes at most that many steps per character however it is written; the text has a bound as well.
"""

import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from leitstelle.contracts.choices import PatternProblem

MOST_PATTERNS = 10
LONGEST_PATTERN = 80
SHORTEST_NUMBER = 4
LONGEST_NUMBER = 60
MOST_WAYS = 500
LONGEST_TEXT = 4000
# Our own mark in a subject is no number of theirs.
_OWN_MARK = re.compile(r"\[#\d{1,10}\]")
# The parser of `re` itself: what it reads is what will be matched.
_parser: Any = import_module("re._parser")
_ONE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY"})


class NotUsable(ValueError):
    """A pattern that cannot be used; `problem` says why, `pattern` which one."""

    def __init__(self, problem: PatternProblem, pattern: str = "") -> None:
        super().__init__(str(problem))
        self.problem, self.pattern = problem, pattern


def checked(patterns: Iterable[str]) -> list[str]:
    """Return the patterns without blanks and doubles. Raises `NotUsable` for the first that cannot be used."""
    kept = list(dict.fromkeys(pattern.strip() for pattern in patterns if pattern.strip()))
    if len(kept) > MOST_PATTERNS:
        raise NotUsable(PatternProblem.TOO_MANY)
    for pattern in kept:
        _check(pattern)
    return kept


def recognise(patterns: Sequence[str], *texts: str) -> str:
    """Return the first ticket number of the vendor in these texts (subject first), empty where there is none.

    The first group counts where the pattern has one. Each text is looked at up to 4000 characters.
    """
    for text in texts:
        shown = _OWN_MARK.sub(" ", text[:LONGEST_TEXT])
        for pattern in patterns:
            found = re.search(pattern, shown, re.IGNORECASE)
            if found is not None:
                number = (found[1] if found.re.groups else found[0]) or found[0]
                return number.strip()[:LONGEST_NUMBER]
    return ""


def _check(pattern: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        raise NotUsable(PatternProblem.TOO_LONG, pattern)
    try:
        parsed = _parser.parse(pattern)
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise NotUsable(PatternProblem.NOT_REGULAR, pattern) from error
    if _ways(parsed, pattern) > MOST_WAYS:
        raise NotUsable(PatternProblem.TOO_LOOSE, pattern)
    if parsed.getwidth()[0] < SHORTEST_NUMBER:
        raise NotUsable(PatternProblem.TOO_SHORT, pattern)


def _ways(parsed: Any, pattern: str) -> int:
    """In how many ways a piece of text can fit, at most; capped above the bound."""
    ways = 1
    for operation, given in parsed:
        ways = min(ways * _ways_of(str(operation), given, pattern), MOST_WAYS + 1)
    return ways


def _ways_of(operation: str, given: Any, pattern: str) -> int:
    if operation in _ONE or operation == "AT":
        return 1
    if operation == "SUBPATTERN":
        return _ways(given[-1], pattern)
    if operation == "BRANCH":
        return sum(_ways(branch, pattern) for branch in given[1])
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inner = given
        if most > LONGEST_NUMBER:
            raise NotUsable(PatternProblem.TOO_LOOSE, pattern)
        each = _ways(inner, pattern)
        total = 0
        for count in range(int(least), int(most) + 1):
            total = min(total + min(each**count, MOST_WAYS + 1), MOST_WAYS + 1)
        return max(total, 1)
    raise NotUsable(PatternProblem.NOT_ALLOWED, pattern)
