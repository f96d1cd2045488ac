"""Understanding what was typed into a search box. There is no query syntax: quotes, a minus before a word, no more.

Everything else is text. Whatever the characters, the result holds only tokens that the databases cannot mistake
for syntax.
"""

import re

from leitstelle.kernel.search.linguistics.compounds import split_compound
from leitstelle.kernel.search.linguistics.query import Atom, Query, Term
from leitstelle.kernel.search.linguistics.shadows import base_forms
from leitstelle.kernel.search.linguistics.tokens import Chunk, chunks

MAX_TERMS = 12
MAX_CHARACTERS = 400
MIN_PREFIX = 3

_PIECES = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:["„“”«»](?P<phrase>[^"„“”«»]*)["„“”«»]|(?P<words>[^\s"„“”«»]+))"""
)
# Folded. Asked for together with other words they only cost time.
_STOP_WORDS = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "und",
        "oder",
        "aber",
        "ist",
        "sind",
        "war",
        "im",
        "in",
        "am",
        "an",
        "auf",
        "aus",
        "bei",
        "mit",
        "nach",
        "seit",
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "ich",
        "du",
        "er",
        "sie",
        "es",
        "wir",
        "ihr",
        "nicht",
        "kein",
        "keine",
        "fur",
        "uber",
        "wie",
        "was",
        "wer",
        "wo",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "is",
        "are",
        "was",
        "on",
        "at",
        "for",
        "with",
        "from",
        "it",
        "i",
        "my",
        "not",
        "no",
    ]
)


def parse_query(text: str) -> Query:
    """Return what `text` asks for; an empty query where it holds no word. Never fails."""
    required: list[Term] = []
    excluded: list[Term] = []
    pieces = list(_PIECES.finditer(text[:MAX_CHARACTERS]))
    for position, piece in enumerate(pieces):
        if piece["phrase"] is not None:
            terms = _phrase(piece["phrase"])
        else:
            typing = position == len(pieces) - 1 and not piece["minus"]
            terms = _words(piece["words"], typing=typing)
        (excluded if piece["minus"] else required).extend(terms)
    wanted = [term for term in required if not _is_stop_word(term)] or required
    return Query(tuple(dict.fromkeys(wanted))[:MAX_TERMS], tuple(dict.fromkeys(excluded))[:MAX_TERMS])


def _phrase(text: str) -> list[Term]:
    tokens = tuple(part for chunk in chunks(text) for part in chunk.parts)[:MAX_TERMS]
    return [Term(((Atom(tokens),),), text)] if tokens else []


def _words(text: str, *, typing: bool) -> list[Term]:
    """The terms of a piece without blanks; the last word of the input may still be unfinished (`typing`)."""
    found = list(chunks(text))
    return [_term(chunk, prefix=typing and chunk is found[-1]) for chunk in found]


def _term(chunk: Chunk, *, prefix: bool) -> Term:
    ways: dict[tuple[Atom, ...], None] = {}
    if len(chunk.parts) == 1 and not chunk.wholes:
        for way in _ways_of_word(chunk.parts[0], prefix=prefix):
            ways[way] = None
    else:
        for whole in chunk.wholes:
            ways[(Atom((whole,), prefix),)] = None
            for form in base_forms(whole):
                ways[(Atom((form,)),)] = None
        ways[(Atom(chunk.parts, prefix),)] = None
    return Term(tuple(ways), chunk.text)


def _ways_of_word(word: str, *, prefix: bool) -> list[tuple[Atom, ...]]:
    ways: list[tuple[Atom, ...]] = [(Atom((word,), prefix and len(word) >= MIN_PREFIX),)]
    ways += [(Atom((form,)),) for form in base_forms(word) if form != word]
    parts = split_compound(word)
    if parts:
        # "Druckerproblem" also means a problem with a printer.
        ways.append(tuple(Atom((base_forms(part) or (part,))[:1]) for part in parts))
    return ways


def _is_stop_word(term: Term) -> bool:
    first = term.ways[0][0]
    return len(term.ways[0]) == 1 and len(first.tokens) == 1 and first.tokens[0] in _STOP_WORDS
