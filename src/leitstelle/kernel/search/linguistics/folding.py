"""Folding: one spelling for all ways to write a word (Müller, Mueller, MULLER; Straße, Strasse)."""

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ı": "i"})
# "ue" after a, e, q is no umlaut: neue, Mauer, Quelle. Otherwise Feuer would fold to the same as für.
_DIGRAPHS = re.compile(r"(?<![aeq])ue|(?<![aeo])oe|(?<!a)ae")


@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Return `text` with case, accents and the ways to write umlauts and ß removed (ä, ae, a → a; ß → ss).

    Texts with digits (codes, serial numbers) keep their ae, oe and ue.
    """
    folded = without_accents(text)
    if any(char.isdigit() for char in folded):
        return folded
    return _DIGRAPHS.sub(lambda match: match[0][0], folded)


def sort_key(text: str) -> str:
    """Return a key that sorts ä as a and ß as ss (DIN 5007-1), whatever the case."""
    return " ".join(without_accents(text).split())


def without_accents(text: str) -> str:
    """Return `text` in lower case without diacritical marks; ae, oe, ue stay as they are."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
