"""Full-text search of SQLite: FTS5 over the shadow texts, a trigram table over the vocabulary.

The tokenizer is `ascii`: it cuts at blanks and takes every non-ASCII character for a letter. All folding happened
before, so the tokens here are exactly those of the shadow text, as on PostgreSQL.
"""

from collections.abc import Iterable, Sequence

from django.db import connections

from leitstelle.kernel.db import load_rows
from leitstelle.kernel.search.linguistics import Atom, Query, Term, kind_word
from leitstelle.kernel.search.models import ROW_COLUMNS, SearchRow
from leitstelle.kernel.search.windows import SELECT, WINDOW_COLUMNS, Sql, Text, Window, read


def take_ids(number: int) -> list[int]:
    """Ids for new rows, ascending; inside a transaction, which on SQLite is the only one that writes."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'search_searchrow'")
        last = cursor.fetchone()
        first = (last[0] if last else 0) + 1
        return list(range(first, first + number))


def add(rows: Sequence[SearchRow], texts: Sequence[Text]) -> None:
    """Insert rows with their texts (row id, title, body), in the same order; raises `IntegrityError`."""
    load_rows(SearchRow, ROW_COLUMNS, ([getattr(row, column) for column in ROW_COLUMNS] for row in rows))
    change(texts, [])


def change(texts: Sequence[Text], replaced: Sequence[Text]) -> None:
    """Give existing rows other texts; `replaced` are the texts they had before."""
    erase(replaced)
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_searchtext (row_id, title, body) VALUES (%s, %s, %s) "
            "ON CONFLICT (row_id) DO UPDATE SET title = excluded.title, body = excluded.body",
            texts,
        )
        cursor.executemany("INSERT INTO search_fts (rowid, title, body) VALUES (%s, %s, %s)", texts)


def settle() -> None:
    """Nothing to do: FTS5 merges as it writes."""


def erase(rows: Sequence[tuple[int, str, str]]) -> None:
    """Take texts out of the index; FTS5 has to be told what they were."""
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_fts (search_fts, rowid, title, body) VALUES ('delete', %s, %s, %s)", rows
        )


def add_words(words: Iterable[str]) -> None:
    """Add words to the vocabulary that are not there yet."""
    wanted = sorted(words)
    with connections["default"].cursor() as cursor:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            holders = ", ".join(["(%s)"] * len(part))
            cursor.execute(
                f"INSERT INTO search_searchword (word) VALUES {holders} "
                "ON CONFLICT DO NOTHING RETURNING id, word",
                part,
            )
            cursor.executemany("INSERT INTO search_word_fts (rowid, word) VALUES (%s, %s)", cursor.fetchall())


def forget_all() -> None:
    """Empty the index and the vocabulary, for a rebuild."""
    with connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO search_fts (search_fts) VALUES ('delete-all')")
        cursor.execute("INSERT INTO search_word_fts (search_word_fts) VALUES ('delete-all')")


def window(query: Query, kinds: Sequence[str] | None, visible: Sql, *, before: int, limit: int) -> Window:
    """The newest `limit` rows that match, below `before`; of them the objects that `visible` selects."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"WITH search_window AS MATERIALIZED (SELECT {', '.join(WINDOW_COLUMNS)} FROM "
            "(SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s) f "
            f"CROSS JOIN search_searchrow r ON r.id = f.rowid) {SELECT} {visible[0]}",
            [expression(query, kinds), before, limit, *visible[1]],
        )
        return read(cursor.fetchall())


def in_title(query: Query, first: int, last: int) -> set[tuple[str, int]]:
    """The objects (kind, id) with rows between these that say everything in their title."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.kind, r.object_id FROM search_fts f CROSS JOIN search_searchrow r ON r.id = f.rowid "
            "WHERE search_fts MATCH %s AND f.rowid BETWEEN %s AND %s",
            [f"{{title}} : ({_all(query.required)})", first, last],
        )
        return set(cursor.fetchall())


def titles(query: Query, kind: str) -> Sql:
    """The statement that selects the objects of a kind whose title says everything."""
    return (
        "SELECT r.object_id FROM search_fts f CROSS JOIN search_searchrow r ON r.id = f.rowid "
        "WHERE search_fts MATCH %s AND r.kind = %s",
        [f"{{title}} : ({_all(query.required)})", kind],
    )


def words_containing(pieces: Sequence[str], shortest: int, longest: int) -> list[str]:
    """Words of the vocabulary that contain one of these fragments (three letters or more)."""
    holders = " OR ".join(f'"{piece}"' for piece in pieces)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT w.word FROM search_word_fts CROSS JOIN search_searchword w ON w.id = search_word_fts.rowid "
            "WHERE search_word_fts MATCH %s AND length(w.word) BETWEEN %s AND %s",
            [holders, shortest, longest],
        )
        return [row[0] for row in cursor.fetchall()]


def expression(query: Query, kinds: Sequence[str] | None = None) -> str:
    """The FTS5 expression. Tokens hold letters and digits only and are quoted: nothing can be syntax."""
    wanted = _all(query.required)
    if kinds is not None:
        wanted = f"({wanted}) AND ({' OR '.join(_quoted(kind_word(kind)) for kind in kinds)})"
    if not query.excluded:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(_any(term) for term in query.excluded)})"


def _quoted(word: str) -> str:
    return f'"{word}"'


def _all(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({_any(term)})" for term in terms)


def _any(term: Term) -> str:
    return " OR ".join("(" + " AND ".join(_atom(atom) for atom in way) + ")" for way in term.ways)


def _atom(atom: Atom) -> str:
    return f'"{" ".join(atom.tokens)}"' + (" *" if atom.prefix else "")
