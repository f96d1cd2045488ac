"""Whom a note mentions: `@` and a name, as people type it.

`@Lena Behrens`, `@lena.behrens`, and `@Behrens` or `@Lena` where only one of the candidates bears that name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from leitstelle.kernel.search.linguistics.folding import fold

MAX_MENTIONS = 20
_MAX_WORDS = 5
# Not within a word: an address of mail mentions nobody.
_AT = re.compile(r"(?<![\w.+@-])@(?=\w)")
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_END = ".'’-"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be mentioned, by the names they go by."""

    person_id: int
    display: str
    given: str = ""
    family: str = ""


def mentioned(text: str, candidates: Iterable[Candidate]) -> frozenset[int]:
    """Return who is mentioned; the longest name counts, a name that fits several people nobody."""
    places = [found.end() for found in _AT.finditer(text)][:MAX_MENTIONS]
    if not places:
        return frozenset()
    bearers = _bearers(candidates)
    found = (_named(text[place : place + 160], bearers) for place in places)
    return frozenset(person_id for person_id in found if person_id is not None)


def has_mention(text: str) -> bool:
    """Whether the text could mention somebody; spares looking for candidates."""
    return _AT.search(text) is not None


def _bearers(candidates: Iterable[Candidate]) -> dict[str, set[int]]:
    bearers: dict[str, set[int]] = defaultdict(set)
    for one in candidates:
        display = " ".join(one.display.split())
        names = {display, display.replace(" ", "."), display.replace(" ", "_"), one.given, one.family}
        if one.given and one.family:
            names |= {f"{one.given} {one.family}", f"{one.given}.{one.family}"}
        for name in names:
            if name.strip():
                bearers[fold(name.strip().rstrip(_END))].add(one.person_id)
    return bearers


def _named(rest: str, bearers: dict[str, set[int]]) -> int | None:
    words = _leading_words(rest)
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count]).rstrip(_END)
        people = bearers.get(fold(name), set())
        if len(people) == 1:
            return next(iter(people))
    return None


def _leading_words(rest: str) -> list[str]:
    """The words a name may consist of: up to five, one blank between them, none after the end of a sentence."""
    words: list[str] = []
    place = 0
    while len(words) < _MAX_WORDS and (found := _WORD.match(rest, place)):
        words.append(found[0])
        place = found.end()
        if rest[place : place + 1] != " ":
            break
        place += 1
    return words
