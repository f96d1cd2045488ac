"""Similar spellings and fragments of words, looked up in the vocabulary when little was found as typed.

A word within one mistake (six letters and more: also two from nine on) contains at least one piece of the typed
word unchanged; those pieces are what the trigram index is asked for, the exact distance is computed here. So both
databases give the same words.
"""

from collections.abc import Sequence
from dataclasses import replace

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import Atom, Query, Term
from leitstelle.kernel.search.models import SearchWord

MAX_ALTERNATIVES = 30
_MIN_FRAGMENT = 4
_MIN_TYPO = 5


def loosened(query: Query) -> Query | None:
    """The query with words of the vocabulary added that are close to those typed; `None` where there are none."""
    terms = tuple(_loosened_term(term) for term in query.required)
    return None if terms == query.required else replace(query, required=terms)


def _loosened_term(term: Term) -> Term:
    first = term.ways[0]
    if len(first) != 1 or len(first[0].tokens) != 1 or not first[0].tokens[0].isalpha():
        return term
    typed = first[0].tokens[0]
    words = [word for word in similar(typed) + containing(typed) if word != typed]
    ways = dict.fromkeys([*term.ways, *((Atom((word,)),) for word in words[:MAX_ALTERNATIVES])])
    return replace(term, ways=tuple(ways))


def containing(fragment: str) -> list[str]:
    """Words that contain the fragment, shortest first."""
    if len(fragment) < _MIN_FRAGMENT:
        return []
    return sorted(
        engine().words_containing([fragment], len(fragment) + 1, 40), key=lambda word: (len(word), word)
    )


def similar(word: str) -> list[str]:
    """Words that differ by one mistake (two from nine letters on), closest first."""
    if len(word) < _MIN_TYPO:
        return []
    allowed = 2 if len(word) >= 9 else 1
    candidates = set(
        engine().words_containing(_pieces(word, allowed + 1), len(word) - allowed, len(word) + allowed)
    )
    candidates.update(SearchWord.objects.filter(word__in=_swapped(word)).values_list("word", flat=True))
    measured = ((distance(word, other, allowed), other) for other in candidates)
    return [other for far, other in sorted(measured) if far <= allowed]


def _pieces(word: str, number: int) -> list[str]:
    """Cut the word into pieces of three letters and more, as many as possible up to `number`."""
    number = max(1, min(number, len(word) // 3))
    bounds = [round(index * len(word) / number) for index in range(number + 1)]
    pieces = [word[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]
    # Five letters cannot be cut in two pieces of three: both ends are asked for, and the middle is left to luck.
    return [word[:3], word[-3:]] if len(word) == _MIN_TYPO else pieces


def _swapped(word: str) -> list[str]:
    """Neighbouring letters exchanged: a swap across two pieces would leave none of them unchanged."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def distance(first: str, second: str, limit: int) -> int:
    """Optimal string alignment distance (insert, delete, replace, swap); anything above `limit` may be returned."""
    before: Sequence[int] = []
    row = list(range(len(second) + 1))
    for i, char in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == second[j - 2] and first[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]
