"""Finding: candidates from the index, narrowed to what the viewer may see, ranked, cut into pages.

Visibility is part of every statement that decides about a hit, and of the count: what may not be seen cannot
influence the answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from leitstelle.kernel.search.candidates import ENOUGH, Found, collect
from leitstelle.kernel.search.linguistics import Query, parse_query
from leitstelle.kernel.search.models import SearchRow
from leitstelle.kernel.search.ranking import rank
from leitstelle.kernel.search.snippets import mark, snippet
from leitstelle.kernel.search.sources import Original, source_of
from leitstelle.kernel.search.spelling import loosened

COUNT_CAP = 1000
# With fewer hits than this, similar spellings and word fragments are looked for as well.
FEW = 3
_MAX_PAGE = 100


@dataclass(frozen=True)
class SearchHit:
    """An object that was found. `title` and `snippet` are safe HTML in which hits stand in `<mark>`."""

    kind: str
    object_id: int
    part: int
    ticket_id: int | None
    title: str
    snippet: str
    at: datetime
    rank: float


@dataclass(frozen=True)
class SearchPage:
    """A page of hits; `after` fetches the next page.

    `count_capped`: there are more hits than `count`, which is 1000 at most: nobody counts on when a page is full.

    `loosened`: too little was found as typed, so similar spellings and fragments of words were included.
    """

    hits: tuple[SearchHit, ...] = ()
    count: int = 0
    count_capped: bool = False
    after: str | None = None
    loosened: bool = False


def search(
    query: str,
    visible: Mapping[str, Q],
    kinds: Collection[str] | None = None,
    *,
    limit: int = 20,
    after: str | None = None,
    similar: bool = True,
) -> SearchPage:
    """Return what `query` finds among the index rows that `visible` allows, best first.

    `visible` maps each kind to a condition on `SearchRow` (`Q`, or an expression such as `Exists`); a kind it does
    not name is not searched. `after` comes from the page before; one that does not fit starts at the beginning.
    `similar=False` spares the second look for similar spellings where little is found.
    """
    searched = [kind for kind in visible if kinds is None or kind in kinds]
    allowed = _allowed(visible, searched)
    parsed = parse_query(query)
    if allowed is None or not parsed:
        return SearchPage()
    limit = max(1, min(limit, _MAX_PAGE))
    offset, newest = _read_cursor(after)
    wanted = max(ENOUGH, offset + limit + 1)
    found = collect(parsed, allowed, wanted=wanted, newest=newest, kinds=searched)
    ordered = rank(parsed, found)
    loose = similar and len(ordered) < FEW and not after
    if loose:
        ordered, parsed, loose = _with_loose_hits(parsed, allowed, ordered, wanted, searched)
    page = ordered[offset : offset + limit]
    more = len(ordered) > offset + limit
    return SearchPage(
        hits=tuple(_hits(parsed, page)),
        count=min(len(ordered), COUNT_CAP),
        count_capped=not (found.complete or loose) or len(ordered) > COUNT_CAP,
        after=f"{offset + limit}.{found.newest}" if more else None,
        loosened=loose,
    )


def _allowed(visible: Mapping[str, Q], kinds: Sequence[str]) -> Q | None:
    condition: Q | None = None
    for kind in kinds:
        this = Q(kind=kind) & visible[kind]
        condition = this if condition is None else condition | this
    return condition


def _with_loose_hits(
    query: Query, allowed: Q, exact: list[Found], wanted: int, kinds: Sequence[str]
) -> tuple[list[Found], Query, bool]:
    """Exact hits first, then those of similar spellings; whether there are any of the latter."""
    other = loosened(query)
    if other is None:
        return exact, query, False
    known = {hit.identity for hit in exact}
    loose = collect(other, allowed, wanted=wanted, kinds=kinds)
    further = [hit for hit in rank(other, loose) if hit.identity not in known]
    return exact + further, other, bool(further)


def _hits(query: Query, page: Sequence[Found]) -> list[SearchHit]:
    rows = SearchRow.objects.in_bulk([hit.row_id for hit in page])
    originals = _originals(rows.values())
    hits = []
    for found in page:
        row = rows.get(found.row_id)
        original = originals.get((row.kind, row.object_id, row.part)) if row else None
        # Gone between the index and now: the next run of the projector removes the row.
        if row is None or original is None:
            continue
        hits.append(
            SearchHit(
                kind=found.kind,
                object_id=found.object_id,
                part=row.part,
                ticket_id=row.ticket_id,
                title=mark(original.title, query),
                snippet=snippet(original.text, query),
                at=row.at,
                rank=found.score,
            )
        )
    return hits


def _originals(page: Iterable[SearchRow]) -> dict[tuple[str, int, int], Original]:
    wanted: dict[str, list[tuple[int, int]]] = {}
    for hit in page:
        wanted.setdefault(hit.kind, []).append((hit.object_id, hit.part))
    found = {}
    for kind, keys in wanted.items():
        source = source_of(kind)
        if source is not None:
            for (object_id, part), original in source.texts(keys).items():
                found[kind, object_id, part] = original
    return found


def _read_cursor(after: str | None) -> tuple[int, int | None]:
    offset, _, newest = (after or "").partition(".")
    if offset.isdecimal() and newest.isdecimal() and len(offset) < 8 and len(newest) < 19:
        return int(offset), int(newest)
    return 0, None
