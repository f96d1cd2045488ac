"""Sentences for events: how a higher domain's events read in the timelines of lower ones.

Owns the registry. A sentence is made in the reader's language when it is shown, from codes and ids alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Teller:
    """An icon, the words that follow the actor's name, and where what did it can be read (an address, or nothing)."""

    icon: str
    words: Words
    link: Words | None = None


_tellers: dict[str, Teller] = {}


def register_sentence(code: str, icon: str, link: Words | None = None) -> Callable[[Words], Words]:
    """Decorate `f(data) -> words` for events of one code; the last one registered counts.

    `link(data)` is the address of a page about the actor that every agent may open.
    """

    def register(words: Words) -> Words:
        _tellers[code] = Teller(icon, words, link)
        return words

    return register


def teller_of(code: str) -> Teller | None:
    """Return how events of this code read, `None` for those nobody tells."""
    return _tellers.get(code)


def told_codes() -> frozenset[str]:
    """Return the codes that have a sentence."""
    return frozenset(_tellers)
