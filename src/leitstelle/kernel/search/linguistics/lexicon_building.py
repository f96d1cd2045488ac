"""Making the file of the word list out of simplemma's dictionaries; runs as a process of its own.

The form is described in `lexicon`, which reads it.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from leitstelle.kernel.search.linguistics.folding import fold_letters

_MAX_LEMMAS = 2


def build(target: Path) -> None:
    """Write the file: complete under its name or not at all."""
    lemmas: dict[str, list[str]] = {}
    nouns: set[str] = set()
    # Words of one base form stand together; the cache of `fold` would drop them, as there are so many words.
    of_lemma: dict[str, str] = {}
    for word, lemma in _dictionary():
        key = fold_letters(word)
        known = lemmas.setdefault(key, [])
        folded = of_lemma.get(lemma) or of_lemma.setdefault(lemma, fold_letters(lemma))
        if folded not in known and len(known) < _MAX_LEMMAS:
            known.append(folded)
        if word[0].isupper():
            nouns.add(key)
    _write(target, lemmas, nouns)


def _dictionary() -> Iterator[tuple[str, str]]:
    """Words with their base forms; nouns first, as they are what people search for and few lemmas are kept."""
    factory = DefaultDictionaryFactory()
    german, english = factory.get_dictionary("de"), factory.get_dictionary("en")
    capitalised = ((word, lemma) for word, lemma in german.items() if word[:1].isupper())
    lower = ((word, lemma) for word, lemma in german.items() if not word[:1].isupper())
    for word, lemma in chain(capitalised, lower, english.items()):
        if word.isalpha() and lemma.isalpha():
            yield str(word), str(lemma)


def _write(target: Path, lemmas: dict[str, list[str]], nouns: set[str]) -> None:
    # Sorted with the tab behind the word, as the binary search compares.
    rows = sorted(
        f"{word}\t{','.join(known)}\t{'n' if word in nouns else ''}\n".encode()
        for word, known in lemmas.items()
    )
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    with os.fdopen(handle, "wb") as file:
        file.writelines(rows)
    Path(name).replace(target)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
