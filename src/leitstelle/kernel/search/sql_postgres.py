"""Full-text search of PostgreSQL: words in a tsvector, GIN, pg_trgm over the vocabulary.

No text search configuration is involved: words are made in Python, so that both databases index the same. GIN can
neither deliver newest first nor read less than all of a word, so each row also carries range words that name the
stretches of ids it lies in: a common word is intersected with the newest stretch that is likely to hold enough.

The vector stands in the narrow rows, but out of line (see the migration): a search visits thousands of rows and needs
none of their vectors. Vectors have no positions; phrases are looked for in the texts.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from leitstelle.kernel.search.linguistics import Atom, Query, Term, kind_word
from leitstelle.kernel.search.models import ROW_COLUMNS, SearchRow, SearchText
from leitstelle.kernel.search.windows import SELECT, WINDOW_COLUMNS, Sql, Text, Window, read

# Sizes of the stretches of ids that have a word, finest first.
RANGES = (2**15, 2**18, 2**21)
_PROBE = 2 * RANGES[0]
# So many stretches may be named; more of them cost more than the next size.
_MOST_RANGES = 8
# A query that finds fewer rows than this in the probe is asked over everything at once.
_RARE = 64
# How much more than estimated is read.
_MARGIN = 1.25
# Before a word of the title; no word contains it.
_TITLE = "="
# Common words: the planner cannot know that a vector is out of line, nor that compiling takes longer than the answer.
_PLANNING = {
    "enable_seqscan": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "work_mem": "'64MB'",
}


def take_ids(number: int) -> list[int]:
    """Ids for new rows, ascending."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('search_searchrow', 'id')) FROM generate_series(1, %s)",
            [number],
        )
        return [row[0] for row in cursor.fetchall()]


def add(rows: Sequence[SearchRow], texts: Sequence[Text]) -> None:
    """Insert rows with their texts (row id, title, body), in the same order; raises `IntegrityError`."""
    connection = connections["default"]
    columns = ", ".join(ROW_COLUMNS)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(f"COPY search_searchrow ({columns}, vector) FROM STDIN") as copy:
            for row, text in zip(rows, texts, strict=True):
                copy.write_row((*(getattr(row, column) for column in ROW_COLUMNS), vector(*text)))
        with cursor.copy(f"COPY {SearchText._meta.db_table} (row_id, title, body) FROM STDIN") as copy:
            for text in texts:
                copy.write_row(text)


def change(texts: Sequence[Text], replaced: Sequence[Text]) -> None:
    """Give existing rows other texts."""
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "UPDATE search_searchtext SET title = %s, body = %s WHERE row_id = %s",
            [(title, body, row_id) for row_id, title, body in texts],
        )
        cursor.executemany(
            "UPDATE search_searchrow SET vector = %s::tsvector WHERE id = %s",
            [(vector(*text), text[0]) for text in texts],
        )


def erase(texts: Sequence[Text]) -> None:
    """Nothing to do: the index follows its rows."""


def settle() -> None:
    """Sort what was written into the index; otherwise every search reads it from a list."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_row_vector')")


def add_words(words: Iterable[str]) -> None:
    """Add words to the vocabulary that are not there yet."""
    with connections["default"].cursor() as cursor:
        # Sorted, so that two writers cannot wait for each other in a circle.
        cursor.execute(
            "INSERT INTO search_searchword (word) SELECT word FROM unnest(%s::text[]) AS word "
            "WHERE NOT EXISTS (SELECT FROM search_searchword known WHERE known.word = word.word) "
            "ON CONFLICT DO NOTHING",
            [sorted(words)],
        )


def forget_all() -> None:
    """Nothing to do: the index follows its rows."""


def window(query: Query, kinds: Sequence[str] | None, visible: Sql, *, before: int, limit: int) -> Window:
    """The newest `limit` rows that match, below `before`; of them the objects that `visible` selects."""
    with _planned() as cursor:
        found = Window([], 0, before)
        first = max(0, (before - 1 - _PROBE) // RANGES[0] * RANGES[0])
        while True:
            cursor.execute(*_statement(query, kinds, visible, first, found.lowest, limit - found.count))
            part = read(cursor.fetchall())
            found = Window(found.seen + part.seen, found.count + part.count, part.lowest)
            if found.count >= limit or not first:
                break
            found.lowest = first
            first = _next_first(found.count, limit, before, first)
        return found


def _next_first(count: int, limit: int, before: int, first: int) -> int:
    """Where to begin so that the rest is likely to be found; 0 where everything is as good."""
    if count < _RARE:
        return 0
    likely = int((limit - count) * (before - first) / count * _MARGIN)
    return 0 if likely > first * 0.6 else (first - likely) // RANGES[0] * RANGES[0]


def _statement(
    query: Query, kinds: Sequence[str] | None, visible: Sql, first: int, before: int, limit: int
) -> Sql:
    condition, params = _condition(expression(query, kinds), first, before)
    check, check_params = _phrases(query)
    return (
        f"WITH search_window AS MATERIALIZED (SELECT {', '.join(WINDOW_COLUMNS)} FROM search_searchrow r "
        f"WHERE {condition}{check} ORDER BY r.id + 0 DESC LIMIT %s) {SELECT} {visible[0]}",
        [*params, *check_params, limit, *visible[1]],
    )


def _condition(tsquery: str, first: int, before: int) -> Sql:
    # "+ 0" keeps the planner from walking along the ids and unpacking every vector on its way.
    words = _range_words(first, before)
    return "r.vector @@ %s::tsquery AND r.id + 0 >= %s AND r.id + 0 < %s", [
        f"({' | '.join(words)}) & ({tsquery})" if words else tsquery,
        first,
        before,
    ]


def _range_words(first: int, before: int) -> list[str]:
    for level, size in enumerate(RANGES):
        numbers = range(first // size, (before - 1) // size + 1)
        if len(numbers) <= _MOST_RANGES:
            return [f"'{_range_word(level, number)}'" for number in numbers] if first else []
    return []


def _range_word(level: int, number: int) -> str:
    return f"{'#' * (level + 1)}{number}"


def in_title(query: Query, first: int, last: int) -> set[tuple[str, int]]:
    """The objects (kind, id) with rows between these that say everything in their title."""
    condition, params = _condition(_all(query.required, _TITLE), first, last + 1)
    check, check_params = _phrases(Query(query.required), "t.title")
    with _planned() as cursor:
        cursor.execute(
            f"SELECT DISTINCT r.kind, r.object_id FROM search_searchrow r WHERE {condition}{check}",
            [*params, *check_params],
        )
        return set(cursor.fetchall())


def titles(query: Query, kind: str) -> Sql:
    """The statement that selects the objects of a kind whose title says everything."""
    check, check_params = _phrases(Query(query.required), "t.title")
    return (
        f"SELECT r.object_id FROM search_searchrow r WHERE r.vector @@ %s::tsquery AND r.kind = %s{check}",
        [_all(query.required, _TITLE), kind, *check_params],
    )


@contextmanager
def _planned() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in _PLANNING.items()))
        yield cursor
        # Until the end of the transaction otherwise, which may be the caller's.
        cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLANNING))


def words_containing(pieces: Sequence[str], shortest: int, longest: int) -> list[str]:
    """Words of the vocabulary that contain one of these fragments (three letters or more)."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT word FROM search_searchword WHERE word LIKE ANY(%s) AND length(word) BETWEEN %s AND %s",
            [[f"%{piece}%" for piece in pieces], shortest, longest],
        )
        return [row[0] for row in cursor.fetchall()]


def vector(row_id: int, title: str, body: str) -> str:
    """The words of a row as PostgreSQL reads a tsvector: those of the title a second time, marked as such."""
    words = {*(in_title := title.split()), *body.split(), *(_TITLE + word for word in in_title)}
    words.update(_range_word(level, row_id // size) for level, size in enumerate(RANGES))
    return "'" + "' '".join(words) + "'"


def expression(query: Query, kinds: Sequence[str] | None = None) -> str:
    """The tsquery, phrases as single words. Tokens hold letters and digits only and are quoted: no syntax."""
    wanted = _all(query.required)
    if kinds is not None:
        wanted = f"({' | '.join(_quoted(kind_word(kind)) for kind in kinds)}) & {wanted}"
    excluded = [_any(term) for term in query.excluded if not _has_phrase(term)]
    return f"({wanted}) & !({' | '.join(excluded)})" if excluded else wanted


def _quoted(word: str) -> str:
    return f"'{word}'"


def _all(terms: Sequence[Term], field: str = "") -> str:
    return " & ".join(f"({_any(term, field)})" for term in terms)


def _any(term: Term, field: str = "") -> str:
    return " | ".join("(" + " & ".join(_atom(atom, field) for atom in way) + ")" for way in term.ways)


def _atom(atom: Atom, field: str) -> str:
    words = [_quoted(field + token) for token in atom.tokens]
    return " & ".join(words) + (":*" if atom.prefix else "")


def _has_phrase(term: Term) -> bool:
    return any(len(atom.tokens) > 1 for way in term.ways for atom in way)


def _phrases(query: Query, text: str = "t.title || E' \\n ' || t.body") -> Sql:
    """What the index cannot say: that words follow each other."""
    checked = [(term, "") for term in query.required] + [(term, "NOT ") for term in query.excluded]
    conditions, params = [], []
    for term, negation in checked:
        if _has_phrase(term):
            said, patterns = _said(term)
            conditions.append(f"{negation}({said})")
            params += patterns
    if not conditions:
        return "", []
    return (
        f" AND (SELECT {' AND '.join(conditions)} FROM search_searchtext t, "
        f"LATERAL (SELECT ' ' || {text} || ' ' AS words) x WHERE t.row_id = r.id)",
        params,
    )


def _said(term: Term) -> Sql:
    ways = [" AND ".join(["position(%s in x.words) > 0"] * len(way)) for way in term.ways]
    patterns = [f" {' '.join(atom.tokens)}{'' if atom.prefix else ' '}" for way in term.ways for atom in way]
    return " OR ".join(ways), patterns
