"""Splitting German compounds with the word list: Netzwerkdrucker → netzwerk, drucker.

Works on folded words. Parts have at least four letters; shorter ones split "Abteilung" and "Fehler".
"""

from functools import lru_cache

from leitstelle.kernel.search.linguistics.lexicon import look_up

MIN_PART = 4
# A word of the dictionary that is no longer than this is a word by itself: Netzwerk, Postfach.
SIMPLE_LENGTH = 8
_MAX_LENGTH = 48
_MIN_FIRST = 3
_MAX_PARTS = 5
_LINKING = ("es", "en", "er", "s", "n", "e")
# Prepositions and prefixes that the dictionary also knows as nouns or verbs, and endings that are no words here.
_NO_PART = frozenset(
    [
        "unter",
        "uber",
        "hinter",
        "wieder",
        "gegen",
        "nach",
        "zwischen",
        "ausser",
        "durch",
        "nieder",
        "weiter",
        "zurecht",
        "voran",
        "voraus",
        "zurck",
        "zuruck",
        "einer",
        "eine",
        "eins",
        "ande",
        "ande",
        "rung",
        "tung",
        "lich",
        "keit",
        "heit",
        "schaft",
        "ieren",
        "tion",
        "ionen",
        "ling",
        "liche",
        "licher",
        "erte",
        "ende",
        "sein",
        "seits",
        "besch",
        "ting",
    ]
)
# First parts that are no nouns, or too short to be trusted in general.
_FIRST_PARTS = frozenset(["ruf", "fern", "hoch", "neu", "lan", "usb", "web", "pdf"])


@lru_cache(maxsize=16_384)
def split_compound(word: str) -> tuple[str, ...]:
    """Return the parts of a folded compound without linking elements, or nothing where it is a simple word."""
    if not 2 * MIN_PART <= len(word) <= _MAX_LENGTH or not word.isalpha():
        return ()
    if len(word) <= SIMPLE_LENGTH and look_up(word) is not None:
        return ()
    parts = _best_split(word, _MAX_PARTS)
    return parts if len(parts) > 1 else ()


@lru_cache(maxsize=16_384)
def _best_split(word: str, budget: int) -> tuple[str, ...]:
    """The split into the fewest parts; of equal ones that with the longest last part, which carries the meaning."""
    best: tuple[str, ...] = ()
    for position in range(_MIN_FIRST, len(word) - MIN_PART + 1):
        head = _first_part(word[:position])
        if head is None:
            continue
        tail = word[position:]
        rest: tuple[str, ...] = (tail,) if _is_last_part(tail) else ()
        if not rest and budget > 2:
            rest = _best_split(tail, budget - 1)
        if rest and (not best or len(rest) + 1 < len(best)):
            best = (head, *rest)
    return best


def _is_last_part(word: str) -> bool:
    entry = look_up(word)
    return entry is not None and entry.is_noun and word not in _NO_PART


def _first_part(word: str) -> str | None:
    """The part without its linking element, `None` where it is no word."""
    if word in _FIRST_PARTS:
        return word
    if word in _NO_PART or len(word) < MIN_PART:
        return None
    entry = look_up(word)
    if entry is not None and entry.is_noun:
        # "zugriffs" and "festplatten" are listed as forms of their nouns.
        return next(
            (lemma for lemma in entry.lemmas if len(lemma) >= MIN_PART and word.startswith(lemma)), word
        )
    if entry is not None and _is_verb_stem(word, entry.lemmas):
        return word
    for link in _LINKING:
        stem = word.removesuffix(link)
        if len(stem) >= MIN_PART and stem != word and _is_last_part(stem):
            return stem
    return None


def _is_verb_stem(word: str, lemmas: tuple[str, ...]) -> bool:
    """Anmelde(name), Lade(gerät), Druck(auftrag): a form of a verb that starts as the verb does."""
    return any(lemma in (f"{word}n", f"{word}en") for lemma in lemmas)
