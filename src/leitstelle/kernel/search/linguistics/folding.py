"""Folding: one spelling for all ways to write a word (Müller, Mueller, MULLER; Straße, Strasse)."""

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD does not take apart, and the commonest that it would, as this is faster.
_LETTERS = str.maketrans("øłđðœıäöü", "olddoiaou") | str.maketrans({"þ": "th", "æ": "a"})
# "ue" after a, e, q is no umlaut: neue, Mauer, Quelle. Otherwise Feuer would fold to the same as für.
_DIGRAPHS = re.compile(r"(?<![aeq])ue|(?<![aeo])oe|(?<!a)ae")


@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Return `text` with case, accents and the ways to write umlauts and ß removed (ä, ae, a → a; ß → ss).

    Texts with digits (codes, serial numbers) keep their ae, oe and ue.
    """
    folded = without_accents(text)
    return folded if any(char.isdigit() for char in folded) else _without_digraphs(folded)


def fold_letters(text: str) -> str:
    """`fold` for words of letters only; keeps nothing in memory."""
    return _without_digraphs(without_accents(text))


def _without_digraphs(folded: str) -> str:
    if "ue" in folded or "oe" in folded or "ae" in folded:
        return _DIGRAPHS.sub(lambda match: match[0][0], folded)
    return folded


def sort_key(text: str) -> str:
    """Return a key that sorts ä as a and ß as ss (DIN 5007-1), whatever the case."""
    return " ".join(without_accents(text).split())


def without_accents(text: str) -> str:
    """Return `text` in lower case without diacritical marks; ae, oe, ue stay as they are."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    folded = folded.translate(_LETTERS)
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
