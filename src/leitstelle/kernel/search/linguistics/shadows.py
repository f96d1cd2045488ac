"""The shadow text: what the database indexes in place of the original.

First the words as written (folded, in order, so that phrases work), then behind a mark what can also be searched
for: base forms, parts of compounds, identifiers as a whole.
"""

from functools import lru_cache

from leitstelle.kernel.search.linguistics.compounds import split_compound
from leitstelle.kernel.search.linguistics.lexicon import look_up
from leitstelle.kernel.search.linguistics.tokens import chunks

# Raised when the same text gives another shadow: rows of older versions are then indexed again.
SHADOW_VERSION = 1
# No word, so that a phrase cannot reach across it.
MARK = "··"
MAX_WORDS = 12_000
_SHORT = 400


def shadow(text: str) -> str:
    """Return the shadow of a text; of a very long one, that of its first `MAX_WORDS` words."""
    return _short_shadow(text) if len(text) <= _SHORT else _shadow(text)


def _shadow(text: str) -> str:
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
    known = set(written)
    more = [word for word in further if word not in known]
    return " ".join([*written, MARK, *more]) if more else " ".join(written)


# Titles stand in every row of their ticket, and greetings and replies from snippets come again and again.
_short_shadow = lru_cache(maxsize=4096)(_shadow)


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
