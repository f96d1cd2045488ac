"""Extracts of the original text in which the words that were found are marked.

Everything is escaped; the only markup is `<mark>`.
"""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from leitstelle.kernel.search.linguistics import Atom, Query
from leitstelle.kernel.search.linguistics.shadows import related
from leitstelle.kernel.search.linguistics.tokens import Chunk, chunks

LENGTH = 220
_BEFORE = 60
_MAX_TEXT = 50_000


def mark(text: str, query: Query) -> SafeString:
    """Return `text` escaped, with the words that were found in `<mark>`."""
    return _marked(text, list(_spans(text, query)))


def snippet(text: str, query: Query, length: int = LENGTH) -> SafeString:
    """Return about `length` characters around the first hit, escaped and marked, on one line."""
    flat = " ".join(text[:_MAX_TEXT].split())
    first = next(_spans(flat, query), None)
    start = _word_start(flat, max(0, first[0] - _BEFORE)) if first and first[1] > length else 0
    end = len(flat) if len(flat) - start <= length else _word_end(flat, start + length)
    part = flat[start:end]
    marked = _marked(part, list(_spans(part, query)))
    return mark_safe(f"{'… ' if start else ''}{marked}{' …' if end < len(flat) else ''}")  # noqa: S308 - escaped above


def _spans(text: str, query: Query) -> Iterator[tuple[int, int]]:
    atoms = query.atoms()
    single = {atom.tokens[0] for atom in atoms if len(atom.tokens) == 1 and not atom.prefix}
    prefixes = tuple(atom.tokens[0] for atom in atoms if len(atom.tokens) == 1 and atom.prefix)
    phrases = [atom for atom in atoms if len(atom.tokens) > 1]
    window: list[Chunk] = []
    for chunk in chunks(text):
        words = {*chunk.parts, *chunk.wholes}
        for part in chunk.parts:
            words.update(related(part))
        if words & single or (prefixes and any(word.startswith(prefixes) for word in words)):
            yield chunk.start, chunk.end
        elif phrases:
            window = [*window[-11:], chunk]
            yield from _phrase_spans(window, phrases)


def _phrase_spans(window: list[Chunk], phrases: list[Atom]) -> Iterator[tuple[int, int]]:
    """A phrase that ends with the last chunk of the window."""
    for phrase in phrases:
        parts: list[str] = []
        for position in range(len(window) - 1, -1, -1):
            parts[:0] = window[position].parts
            if len(parts) >= len(phrase.tokens):
                if phrase.found_in(parts):
                    yield window[position].start, window[-1].end
                break


def _marked(text: str, spans: list[tuple[int, int]]) -> SafeString:
    pieces, position = [], 0
    for start, end in sorted(spans):
        if start < position:
            continue
        pieces += [escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>"]
        position = end
    pieces.append(escape(text[position:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped


def _word_start(text: str, position: int) -> int:
    return text.rfind(" ", 0, position) + 1


def _word_end(text: str, position: int) -> int:
    end = text.find(" ", position)
    return end if 0 <= end < position + 40 else position
