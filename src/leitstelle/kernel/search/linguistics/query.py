"""What somebody searches for, as plain values, and what it means.

`matches` is the definition; the SQL of both databases has to agree with it (tests compare).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Atom:
    """Tokens that follow each other; with `prefix` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False

    def found_in(self, words: Sequence[str]) -> bool:
        if len(self.tokens) == 1 and not self.prefix:
            return self.tokens[0] in words
        size = len(self.tokens)
        return any(self._at(words, start) for start in range(len(words) - size + 1))

    def _at(self, words: Sequence[str], start: int) -> bool:
        *firsts, last = self.tokens
        if any(words[start + offset] != token for offset, token in enumerate(firsts)):
            return False
        word = words[start + len(firsts)]
        return word.startswith(last) if self.prefix else word == last


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: any of the ways to say it, each of them a set of atoms that must all occur."""

    ways: tuple[tuple[Atom, ...], ...]
    text: str = ""

    def found_in(self, title: Sequence[str], body: Sequence[str]) -> bool:
        return any(all(atom.found_in(title) or atom.found_in(body) for atom in way) for way in self.ways)


@dataclass(frozen=True, slots=True)
class Query:
    """Everything asked for, and everything that must not occur. Falsy where nothing is asked for."""

    required: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.required)

    def matches(self, title: str, body: str) -> bool:
        """Whether an index row with these shadow texts is a hit."""
        in_title, in_body = title.split(), body.split()
        return (
            bool(self.required)
            and all(term.found_in(in_title, in_body) for term in self.required)
            and not any(term.found_in(in_title, in_body) for term in self.excluded)
        )

    def in_title(self, title: str) -> bool:
        """Whether a title with this shadow says everything asked for."""
        words = title.split()
        return all(term.found_in(words, ()) for term in self.required)

    def atoms(self) -> set[Atom]:
        """Every atom asked for."""
        return {atom for term in self.required for way in term.ways for atom in way}
