"""The shadow text: what the database indexes in place of the original.

First the words as written (folded, in order, so that phrases work), then behind a mark what can also be searched
for: base forms, parts of compounds, identifiers as a whole.
"""

import re
from functools import lru_cache

from leitstelle.kernel.search.linguistics.compounds import split_compound
from leitstelle.kernel.search.linguistics.folding import fold
from leitstelle.kernel.search.linguistics.lexicon import look_up
from leitstelle.kernel.search.linguistics.tokens import chunks, cut

# Raised when the same text gives another shadow: rows of older versions are then indexed again.
SHADOW_VERSION = 2
# No word, so that a phrase cannot reach across it.
MARK = "··"
MAX_WORDS = 12_000
_SHORT = 400


_SEGMENT_END = re.compile(r"(?<=[.!?;,])\s+|\n+")


def shadow(text: str) -> str:
    """Return the shadow of a text; of a very long one, that of about its first `MAX_WORDS` words."""
    written: list[str] = []
    further: dict[str, None] = {}
    known: set[str] = set()
    # A chunk holds no blank, so sentences can be looked at one by one; greetings and quotes come again and again.
    for segment in _SEGMENT_END.split(text):
        analyse = _known_segment if len(segment) <= _SHORT else _segment
        words, more = analyse(segment)
        written.extend(words)
        known.update(words)
        further.update(more)
        if len(written) >= MAX_WORDS:
            break
    extra = [word for word in further if word not in known]
    return " ".join([*written, MARK, *extra]) if extra else " ".join(written)


def _segment(text: str) -> tuple[list[str], dict[str, None]]:
    """The words as written, and what can also be searched for."""
    written: list[str] = []
    further: dict[str, None] = {}
    for chunk in chunks(text):
        written.extend(chunk.parts)
        further.update(dict.fromkeys(chunk.wholes))
        for part in chunk.parts:
            further.update(dict.fromkeys(related(part)))
        for whole in chunk.wholes:
            if whole.isalpha():
                further.update(dict.fromkeys(related(whole)))
        if len(written) >= MAX_WORDS:
            break
    return written, further


_known_segment = lru_cache(maxsize=8192)(_segment)


def kind_word(kind: str) -> str:
    """The word by which all rows of a kind are found; no word of a text looks like it."""
    return f"§{cut(fold(kind))}"


@lru_cache(maxsize=32_768)
def related(word: str) -> tuple[str, ...]:
    """Base forms of a folded word, and the parts of a compound with their base forms."""
    if len(word) < 3 or not word.isalpha():
        return ()
    found = dict.fromkeys(base_forms(word))
    for part in split_compound(word):
        found[part] = None
        found.update(dict.fromkeys(base_forms(part)))
    found.pop(word, None)
    return tuple(found)


def base_forms(word: str) -> tuple[str, ...]:
    """The base forms (at most two) of a folded word; none for an unknown one."""
    if len(word) < 3 or not word.isalpha():
        return ()
    entry = look_up(word)
    return entry.lemmas if entry else ()
