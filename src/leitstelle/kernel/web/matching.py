"""How well a few typed letters fit a label of the palette: folded, by words, by parts, by letters in their order.

Pure functions; `js/match.js` does the same for what a page offers itself.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from leitstelle.kernel.search import fold, sort_key

T = TypeVar("T")
_WORD_START = re.compile(r"[\w#]+")
# What one typed word is worth, best first.
_WHOLE_START, _WORD, _PART, _LETTERS = 8, 6, 4, 1
# Fewer letters than this are found scattered in nearly everything.
_SCATTERED = 3


def score(typed: str, label: str, note: str = "") -> int:
    """Return how well `typed` fits, 0 where it does not; nothing typed fits everything with 1.

    Every word must fit the label, or less well the note. ä, ae and a are the same, as are ß and ss.
    """
    words = typed.split()
    if not words:
        return 1
    total = 0
    for word in words:
        value = max(2 * _fits(word, label), _fits(word, note) if note else 0)
        if not value:
            return 0
        total += value
    return total


def ranked(typed: str, items: Iterable[T], texts: Callable[[T], tuple[str, str]]) -> list[T]:
    """Return the items that fit, best first; equals stay in their order. `texts` gives label and note."""
    scored = [(score(typed, *texts(item)), item) for item in items]
    return [item for value, item in sorted(scored, key=lambda pair: -pair[0]) if value]


def _fits(word: str, text: str) -> int:
    return max(_compare(plain(word), plain(text)) for plain in (sort_key, fold))


def _compare(word: str, text: str) -> int:
    if text.startswith(word):
        return _WHOLE_START
    if any(found.group().startswith(word) for found in _WORD_START.finditer(text)):
        return _WORD
    if word in text:
        return _PART
    return _LETTERS if len(word) >= _SCATTERED and _scattered(word, text) else 0


def _scattered(word: str, text: str) -> bool:
    """Whether the letters stand in the text in their order, the first one at the start of a word."""
    for found in _WORD_START.finditer(text):
        if found.group()[0] == word[0]:
            rest = iter(text[found.start() :])
            if all(letter in rest for letter in word):
                return True
    return False
