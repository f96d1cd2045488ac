"""Collecting candidates: windows of the newest matching rows, each narrowed to what may be seen.

A window is `WINDOW` matching rows, newest first. The first one is what relevance ranks; further ones are only
opened while there are too few visible objects, and what they bring stands behind, by date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import Atom, Query, Term
from leitstelle.kernel.search.models import SearchRow

WINDOW = 20_000
# Somebody who sees fewer index rows than this is served from those rows instead of from the windows.
NARROW = 2_000
_PER_STATEMENT = 20_000
_NEWEST = 2**62


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
    top = newest or _newest_id()
    found = Candidates({}, top)
    complete = without_prefixes(query)
    _collect(complete, allowed, found, wanted)
    if complete != query and len(found.objects) < wanted:
        found = Candidates({}, top)
        _collect(query, allowed, found, wanted)
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


def _collect(query: Query, allowed: Q, found: Candidates, wanted: int) -> None:
    before, first = found.newest + 1, True
    while len(found.objects) < wanted:
        ids = engine().matching(query, before=before, limit=WINDOW)
        seen = _add_visible(query, ids, allowed, found, rankable=first)
        if len(ids) < WINDOW:
            return
        if seen < WINDOW // 50 and _collect_narrow(query, allowed, found, ids[-1]):
            return
        before, first = ids[-1], False


def _collect_narrow(query: Query, allowed: Q, found: Candidates, before: int) -> bool:
    """Serve somebody who sees little from what they see; false where it is too much for that."""
    ids = list(SearchRow.objects.filter(allowed, pk__lt=before).values_list("pk", flat=True)[: NARROW + 1])
    if len(ids) > NARROW:
        return False
    matching = engine().matching_among(query, ids) if ids else []
    _add_visible(query, matching, allowed, found, rankable=True)
    return True


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
