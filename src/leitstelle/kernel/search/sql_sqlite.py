"""Full-text search of SQLite: FTS5 over the shadow texts, a trigram table over the vocabulary.

The tokenizer is `ascii`: it cuts at blanks and takes every non-ASCII character for a letter. All folding happened
before, so the tokens here are exactly those of the shadow text, as on PostgreSQL.
"""

import json
from collections.abc import Iterable, Sequence

from django.db import connections
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from leitstelle.kernel.search.linguistics import Atom, Query, Term

NEWEST = 2**62


def write(rows: Sequence[tuple[int, str, str]], replaced: Sequence[tuple[int, str, str]]) -> None:
    """Store the texts (row id, title, body) and index them; `replaced` are the texts that rows had before."""
    erase(replaced)
    with connections["default"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_searchtext (row_id, title, body) VALUES (%s, %s, %s) "
            "ON CONFLICT (row_id) DO UPDATE SET title = excluded.title, body = excluded.body",
            rows,
        )
        cursor.executemany("INSERT INTO search_fts (rowid, title, body) VALUES (%s, %s, %s)", rows)


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


def matching(query: Query, *, before: int, limit: int) -> list[int]:
    """The ids of the newest rows that match, below `before`, newest first."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
            [expression(query), before, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def in_title(query: Query, ids: Sequence[int]) -> set[int]:
    """Which of these rows (newest first) say everything in their title."""
    if not ids:
        return set()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM search_fts WHERE search_fts MATCH %s AND rowid BETWEEN %s AND %s",
            [f"{{title}} : ({_all(query.required)})", ids[-1], ids[0]],
        )
        return {row[0] for row in cursor.fetchall()}


def id_list(ids: Sequence[int]) -> RawSQL:
    """The ids as a subquery; SQLite allows fewer parameters than there may be ids."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))], BigIntegerField())


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


def expression(query: Query) -> str:
    """The FTS5 expression. Tokens hold letters and digits only and are quoted: nothing can be syntax."""
    wanted = _all(query.required)
    if not query.excluded:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(_any(term) for term in query.excluded)})"


def _all(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({_any(term)})" for term in terms)


def _any(term: Term) -> str:
    return " OR ".join("(" + " AND ".join(_atom(atom) for atom in way) + ")" for way in term.ways)


def _atom(atom: Atom) -> str:
    return f'"{" ".join(atom.tokens)}"' + (" *" if atom.prefix else "")
