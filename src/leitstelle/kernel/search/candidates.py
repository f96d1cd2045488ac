"""Collecting candidates: windows of the newest matching rows, each narrowed to what may be seen.

A window is `WINDOW` matching rows, newest first. The first one is what relevance ranks; further ones are only
opened while there are too few visible objects, and what they bring stands behind, by date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import Q

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import Atom, Query, Term
from leitstelle.kernel.search.models import SearchRow, SearchText
from leitstelle.kernel.search.sources import is_bulk
from leitstelle.kernel.search.windows import Seen, grouped, visible_objects

WINDOW = 10_000
# Somebody who sees fewer index rows than this is served from those rows instead of from the windows.
NARROW = 1_000
# With so many objects that have the last word as it stands, longer words that begin with it are left out.
ENOUGH = 200


@dataclass(slots=True)
class Found:
    """An object with at least one visible matching row: `row_id` is the newest, later the one that is shown."""

    kind: str
    object_id: int
    rows: int
    row_id: int
    oldest: int
    rankable: bool = True
    title_hit: bool = False
    score: float = 0.0

    @property
    def identity(self) -> tuple[str, int]:
        return self.kind, self.object_id


@dataclass
class Candidates:
    """Objects by identity, in the order they were met: newest first. `newest` bounds the rows of later pages.

    `complete`: there are no others.
    """

    objects: dict[tuple[str, int], Found]
    newest: int
    complete: bool = False


def collect(
    query: Query,
    allowed: Q,
    *,
    wanted: int,
    newest: int | None = None,
    kinds: Sequence[str] | None = None,
) -> Candidates:
    """Return at least `wanted` visible objects that match, where there are so many, newest first.

    What one window brings is returned whole. `kinds` bounds what is looked at.

    A last word that may go on is taken as complete as long as that alone brings enough.
    """
    view = _View(allowed, newest or _newest_id(), kinds)
    complete = without_prefixes(query)
    found = view.collect(complete, wanted)
    if complete != query and len(found.objects) < min(wanted, ENOUGH):
        found = view.collect(query, wanted)
    return found


def without_prefixes(query: Query) -> Query:
    """The same query with its last word taken as complete."""
    terms = tuple(
        Term(tuple(tuple(Atom(atom.tokens) for atom in way) for way in term.ways), term.text)
        for term in query.required
    )
    return Query(terms, query.excluded)


def _newest_id() -> int:
    row = SearchRow.objects.order_by("-pk").values_list("pk", flat=True).first()
    return row or 0


class _View:
    """What may be seen, and once known, the few rows that this comes down to."""

    def __init__(self, allowed: Q, newest: int, kinds: Sequence[str] | None) -> None:
        self.allowed, self.newest = allowed, newest
        # Most rows are of a bulk kind: asking the index for its name would read it all and leave out next to nothing.
        self.kinds = None if any(is_bulk(kind) for kind in kinds or ()) else kinds
        self.visible = visible_objects(allowed)
        # Only a condition that asks other tables can come down to few rows without walking through all of them.
        self.may_be_narrow = self.visible is not None and "(SELECT " in self.visible[0]
        self.few: list[int] | None = None

    def collect(self, query: Query, wanted: int) -> Candidates:
        found = Candidates({}, self.newest)
        if self.visible is None:
            return Candidates({}, self.newest, complete=True)
        before, limit, rankable = self.newest + 1, WINDOW, True
        while len(found.objects) < wanted:
            # Looking for few rows costs as much as a window, so it has to be worth it.
            if self.few is None and self.may_be_narrow and not rankable:
                self._look_for_few()
            if self.few is not None:
                return self._among_few(query, Candidates({}, self.newest, complete=True))
            window = engine().window(query, self.kinds, self.visible, before=before, limit=limit)
            _add(window.seen, found, rankable=rankable)
            if rankable and window.seen:
                _mark_titles(found, engine().in_title(query, window.lowest, self.newest))
            if window.count < limit:
                found.complete = True
                break
            before, limit, rankable = window.lowest, _next_limit(limit, len(found.objects), wanted), False
        return found

    def _look_for_few(self) -> None:
        self.may_be_narrow = False
        # Newer rows are dropped here: as a condition they would tempt SQLite to walk through all older ones.
        ids = list(SearchRow.objects.filter(self.allowed).values_list("pk", flat=True)[: NARROW + 1])
        if len(ids) <= NARROW:
            self.few = [row_id for row_id in ids if row_id <= self.newest]

    def _among_few(self, query: Query, found: Candidates) -> Candidates:
        """So few rows are compared here: an index query for each of them would take longer."""
        texts = SearchText.objects.filter(row__in=self.few or []).values_list("row_id", "title", "body")
        titles = {
            row_id: query.in_title(title) for row_id, title, body in texts if query.matches(title, body)
        }
        _add(list(grouped(SearchRow.objects.filter(pk__in=titles))), found)
        for hit in found.objects.values():
            hit.title_hit = titles[hit.row_id]
        return found


def _next_limit(limit: int, found: int, wanted: int) -> int:
    """How many rows to look at next, so that about `wanted` objects come together soon."""
    likely = limit * (wanted - found) * 5 // (4 * max(found, 1))
    return max(WINDOW, min(likely, limit * 8, 64 * WINDOW))


def _add(seen: Sequence[Seen], found: Candidates, *, rankable: bool = True) -> None:
    objects = found.objects
    for kind, object_id, rows, newest, oldest in sorted(seen, key=itemgetter(3), reverse=True):
        known = objects.get((kind, object_id))
        if known is None:
            objects[kind, object_id] = Found(kind, object_id, rows, newest, oldest, rankable)
        elif rankable or not known.rankable:
            # In pieces of one window, which come newest first.
            known.rows += rows
            known.row_id, known.oldest = max(known.row_id, newest), min(known.oldest, oldest)


def _mark_titles(found: Candidates, titles: set[tuple[str, int]]) -> None:
    for identity in titles:
        if identity in found.objects:
            found.objects[identity].title_hit = True
