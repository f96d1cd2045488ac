"""Sentences for events: how a higher domain's events read in the timelines of lower ones.

Owns the registry. A sentence is made in the reader's language when it is shown, from codes and ids alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Teller:
    """An icon, and the words that follow the actor's name."""

    icon: str
    words: Words


_tellers: dict[str, Teller] = {}


def register_sentence(code: str, icon: str) -> Callable[[Words], Words]:
    """Decorate `f(data) -> words` for events of one code; the last one registered counts."""

    def register(words: Words) -> Words:
        _tellers[code] = Teller(icon, words)
        return words

    return register


def teller_of(code: str) -> Teller | None:
    """Return how events of this code read, `None` for those nobody tells."""
    return _tellers.get(code)


def told_codes() -> frozenset[str]:
    """Return the codes that have a sentence."""
    return frozenset(_tellers)
