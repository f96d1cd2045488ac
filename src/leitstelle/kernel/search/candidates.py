"""Collecting candidates: windows of the newest matching rows, each narrowed to what may be seen.

A window is `WINDOW` matching rows, newest first. The first one is what relevance ranks; further ones are only
opened while there are too few visible objects, and what they bring stands behind, by date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import Atom, Query, Term
from leitstelle.kernel.search.models import SearchRow, SearchText

WINDOW = 20_000
# Somebody who sees fewer index rows than this is served from those rows instead of from the windows.
NARROW = 1_000
# With so many objects that have the last word as it stands, longer words that begin with it are left out.
ENOUGH = 200


@dataclass
class Found:
    """An object with at least one visible matching row."""

    kind: str
    object_id: int
    row_id: int
    part: int
    rows: int = 1
    title_hit: bool = False
    rankable: bool = True
    score: float = 0.0
    row_ids: list[int] = field(default_factory=list)

    @property
    def identity(self) -> tuple[str, int]:
        return self.kind, self.object_id


@dataclass
class Candidates:
    """Objects by identity, in the order they were met: newest first. `newest` bounds the rows of later pages."""

    objects: dict[tuple[str, int], Found]
    newest: int


def collect(query: Query, allowed: Q, *, wanted: int, newest: int | None = None) -> Candidates:
    """Return up to about `wanted` visible objects that match, newest first.

    A last word that may go on is taken as complete as long as that alone brings enough.
    """
    view = _View(allowed, newest or _newest_id())
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

    def __init__(self, allowed: Q, newest: int) -> None:
        self.allowed, self.newest = allowed, newest
        self.few: list[int] | None = None

    def collect(self, query: Query, wanted: int) -> Candidates:
        found = Candidates({}, self.newest)
        if self.few is not None:
            return self._among_few(query, found)
        before, rankable = self.newest + 1, True
        while len(found.objects) < wanted:
            ids = engine().matching(query, before=before, limit=WINDOW)
            seen = _add_visible(query, ids, self.allowed, found, rankable=rankable)
            if len(ids) < WINDOW:
                break
            if rankable and seen < WINDOW // 50 and self._sees_little():
                return self._among_few(query, Candidates({}, self.newest))
            before, rankable = ids[-1], False
        return found

    def _sees_little(self) -> bool:
        # Newer rows are dropped here: as a condition they would tempt SQLite to walk through all older ones.
        ids = list(SearchRow.objects.filter(self.allowed).values_list("pk", flat=True)[: NARROW + 1])
        if len(ids) <= NARROW:
            self.few = [row_id for row_id in ids if row_id <= self.newest]
        return self.few is not None

    def _among_few(self, query: Query, found: Candidates) -> Candidates:
        """So few rows are compared here: an index query for each of them would take longer."""
        texts = SearchText.objects.filter(row__in=self.few or []).values_list("row_id", "title", "body")
        matching = [row_id for row_id, title, body in texts if query.matches(title, body)]
        _add_visible(query, sorted(matching, reverse=True), self.allowed, found, rankable=True)
        return found


def _add_visible(query: Query, ids: Sequence[int], allowed: Q, found: Candidates, *, rankable: bool) -> int:
    """Add the objects behind those rows that may be seen; returns how many rows."""
    if not ids:
        return 0
    titles = engine().in_title(query, ids) if rankable else set()
    rows = _visible_rows(ids, allowed)
    for row_id, kind, object_id, part in rows:
        known = found.objects.get((kind, object_id))
        if known is None:
            known = Found(kind, object_id, row_id, part, rows=0, rankable=rankable)
            found.objects[kind, object_id] = known
        known.rows += 1
        known.title_hit = known.title_hit or row_id in titles
        known.row_ids.append(row_id)
    return len(rows)


def _visible_rows(ids: Sequence[int], allowed: Q) -> list[tuple[int, str, int, int]]:
    visible = SearchRow.objects.filter(allowed, among(ids))
    rows = visible.values_list("pk", "kind", "object_id", "part")
    return sorted(rows, reverse=True)


def among(ids: Sequence[int]) -> Q:
    """The condition that a row is one of these, in a form that bears 20 000 of them."""
    return Q(pk__in=engine().id_list(ids))
