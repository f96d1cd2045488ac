"""Order of the hits. The same on both databases: figures come from the rows, not from the database's own rank.

First by what is cheap for all candidates (title, number of matching parts, age), then the best ones once more by
how exactly they say what was asked.
"""

from math import log2

from leitstelle.kernel.search.candidates import Candidates, Found
from leitstelle.kernel.search.linguistics import Query
from leitstelle.kernel.search.linguistics.shadows import MARK
from leitstelle.kernel.search.models import SearchText

TITLE_WEIGHT = 4.0
PARTS_WEIGHT = 0.5
NEWNESS_WEIGHT = 1.5
EXACT_WEIGHT = 2.0
# How many of the best are looked at closely: the newest and the oldest part of each that was found.
_CLOSELY = 100


def rank(query: Query, found: Candidates) -> list[Found]:
    """Return the objects best first: those of the first window by relevance, then the others by date."""
    objects = list(found.objects.values())
    ranked = [hit for hit in objects if hit.rankable]
    by_date = [hit for hit in objects if not hit.rankable]
    parts = [PARTS_WEIGHT * log2(1 + rows) for rows in range(16)]
    for position, hit in enumerate(ranked):
        newness = 1.0 - position / len(ranked)
        hit.score = TITLE_WEIGHT * hit.title_hit + parts[min(hit.rows, 15)] + NEWNESS_WEIGHT * newness
    ranked.sort(key=_order, reverse=True)
    best = ranked[:_CLOSELY]
    _look_closely(query, best)
    best.sort(key=_order, reverse=True)
    return best + ranked[_CLOSELY:] + by_date


def _order(hit: Found) -> tuple[float, int]:
    return hit.score, hit.row_id


def _look_closely(query: Query, hits: list[Found]) -> None:
    """Prefer what says the words as typed, and show the part of the object that says most of them."""
    wanted = {row_id for hit in hits for row_id in (hit.row_id, hit.oldest)}
    texts = {
        row_id: (_written(title), _written(body))
        for row_id, title, body in SearchText.objects.filter(row__in=wanted).values_list(
            "row_id", "title", "body"
        )
    }
    shown = SearchPart(query)
    for hit in hits:
        best = 0.0
        for row_id in (hit.row_id, hit.oldest):
            title, body = texts.get(row_id, (frozenset(), frozenset()))
            exactness = shown.share(title | body)
            in_body = shown.share(body)
            if exactness + in_body > best:
                best, hit.row_id = exactness + in_body, row_id
        hit.score += EXACT_WEIGHT * best / 2


class SearchPart:
    """How much of a query a part of an object says in just these words."""

    def __init__(self, query: Query) -> None:
        self.words = [{token for atom in term.ways[0] for token in atom.tokens} for term in query.required]

    def share(self, written: frozenset[str]) -> float:
        """From 0 (nothing) to 1 (every word as typed)."""
        return sum(words <= written for words in self.words) / len(self.words)


def _written(text: str) -> frozenset[str]:
    return frozenset(text.partition(MARK)[0].split())
