"""Full-text search of PostgreSQL: a tsvector built from the shadow text itself, GIN, pg_trgm over the vocabulary.

No text search configuration is involved: tokens and positions are written down by Python, so that both databases
index the same. Each row also carries a bucket word (its id divided by `BUCKET`): GIN cannot deliver newest first,
but it can intersect a common word with the newest bucket without reading the rest.
"""

from collections.abc import Iterable, Sequence

from django.db import connections, transaction
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from leitstelle.kernel.search.linguistics import Atom, Query, Term

NEWEST = 2**62
BUCKET = 50_000
# A query that finds fewer rows than this in the newest bucket is rare enough to be asked over everything.
_RARE_IN_BUCKET = 250
_FEW_TO_JUDGE = 10_000
_MAX_POSITION = 16_383
_MAX_POSITIONS = 200
# Between title and body, so that a phrase cannot reach across.
_GAP = 8
# Before a word of the title; the blank keeps it apart from every word of a text.
_TITLE = "t "


def write(rows: Sequence[tuple[int, str, str]], replaced: Sequence[tuple[int, str, str]]) -> None:
    """Store the texts (row id, title, body) and index them; what rows had before is overwritten."""
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_searchtext (row_id, title, body, vector) VALUES (%s, %s, %s, %s::tsvector) "
            "ON CONFLICT (row_id) DO UPDATE SET title = excluded.title, body = excluded.body, "
            "vector = excluded.vector",
            [(row_id, title, body, vector(row_id, title, body)) for row_id, title, body in rows],
        )


def erase(rows: Sequence[tuple[int, str, str]]) -> None:
    """Nothing to do: the index follows its rows."""


def add_words(words: Iterable[str]) -> None:
    """Add words to the vocabulary that are not there yet."""
    with connections["default"].cursor() as cursor:
        # Sorted, so that two writers cannot wait for each other in a circle.
        cursor.execute(
            "INSERT INTO search_searchword (word) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
            [sorted(words)],
        )


def forget_all() -> None:
    """Nothing to do: the index follows its rows."""


def matching(query: Query, *, before: int, limit: int) -> list[int]:
    """The ids of the newest rows that match, below `before`, newest first."""
    with connections["default"].cursor() as cursor:
        if before >= NEWEST:
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM search_searchrow")
            before = cursor.fetchone()[0]
        found: list[int] = []
        bucket = (before - 1) // BUCKET
        while bucket >= 0 and len(found) < limit:
            recent = _ids(query, before, limit - len(found), f"'{_bucket_word(bucket)}' & ")
            found += recent
            looked_at = before - bucket * BUCKET
            before = bucket * BUCKET
            bucket -= 1
            if looked_at >= _FEW_TO_JUDGE and len(recent) * BUCKET < _RARE_IN_BUCKET * looked_at:
                found += _ids(query, before, limit - len(found), "")
                break
        return found[:limit]


def _ids(query: Query, before: int, limit: int, also: str) -> list[int]:
    return _by_index(f"{also}({expression(query)})", 0, before, limit)


def _by_index(tsquery: str, first: int, before: int, limit: int) -> list[int]:
    """The newest `limit` rows from `first` up to but not with `before` that match, newest first."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        # For common words the planner prefers to read (and unpack) every row, which takes thirty times as long.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute(
            "WITH found AS MATERIALIZED (SELECT row_id FROM search_searchtext "
            "WHERE vector @@ %s::tsquery AND row_id >= %s AND row_id < %s) "
            "SELECT row_id FROM found ORDER BY row_id DESC LIMIT %s",
            [tsquery, first, before, limit],
        )
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
        return found


def in_title(query: Query, ids: Sequence[int]) -> set[int]:
    """Which of these rows (newest first) say everything in their title."""
    if not ids:
        return set()
    return set(_by_index(_all(query.required, _TITLE), ids[-1], ids[0] + 1, len(ids)))


def id_list(ids: Sequence[int]) -> RawSQL:
    """The ids as a subquery with one parameter."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)], BigIntegerField())


def words_containing(pieces: Sequence[str], shortest: int, longest: int) -> list[str]:
    """Words of the vocabulary that contain one of these fragments (three letters or more)."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT word FROM search_searchword WHERE word LIKE ANY(%s) AND length(word) BETWEEN %s AND %s",
            [[f"%{piece}%" for piece in pieces], shortest, longest],
        )
        return [row[0] for row in cursor.fetchall()]


def vector(row_id: int, title: str, body: str) -> str:
    """The tsvector of a row as a literal.

    Words of the title stand there twice, the second time marked as such: asking for a weight would make
    PostgreSQL unpack every candidate.
    """
    positions: dict[str, list[str]] = {}
    words = title.split()
    for position, word in enumerate(words, start=1):
        place = str(min(position, _MAX_POSITION))
        positions.setdefault(word, []).append(place)
        positions.setdefault(_TITLE + word, []).append(place)
    for position, word in enumerate(body.split(), start=len(words) + _GAP):
        positions.setdefault(word, []).append(str(min(position, _MAX_POSITION)))
    literal = [f"'{word}':{','.join(places[:_MAX_POSITIONS])}" for word, places in positions.items()]
    return " ".join([*literal, f"'{_bucket_word(row_id // BUCKET)}'"])


def _bucket_word(bucket: int) -> str:
    return f"bucket {bucket}"


def expression(query: Query) -> str:
    """The tsquery. Tokens hold letters and digits only and are quoted: nothing can be syntax."""
    wanted = _all(query.required)
    if not query.excluded:
        return wanted
    return f"({wanted}) & !({' | '.join(_any(term) for term in query.excluded)})"


def _all(terms: Sequence[Term], field: str = "") -> str:
    return " & ".join(f"({_any(term, field)})" for term in terms)


def _any(term: Term, field: str = "") -> str:
    return " | ".join("(" + " & ".join(_atom(atom, field) for atom in way) + ")" for way in term.ways)


def _atom(atom: Atom, field: str) -> str:
    words = [f"'{field}{token}'" for token in atom.tokens]
    return "(" + " <-> ".join(words) + (":*" if atom.prefix else "") + ")"
