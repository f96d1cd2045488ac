"""From what the statistics weigh (base forms, parts of words, pairs) back to the words that somebody wrote."""

import re
from collections.abc import Iterable

from leitstelle.kernel.search.linguistics import fold, shadow
from leitstelle.triage.rules.hints import read_hint
from leitstelle.triage.rules.similar import telling_words

_WORD = re.compile(r"[^\W_][\w-]*")
_LEAST = 3


def spoken(evidence: Iterable[tuple[str, float]], text: str, limit: int = 4) -> list[tuple[str, float]]:
    """Return the evidence in words of the text, strongest first, each once; hints as they are.

    What stands nowhere in the text, and words that tell nothing by themselves, are left out.
    """
    sources = _sources(text)
    found: dict[str, float] = {}
    for words, weight in evidence:
        parts = words.split()
        hints = [part for part in parts if read_hint(part) is not None]
        if hints:
            names = hints[:1] if len(parts) == 1 else []
        else:
            names = [sources[part] for part in parts if part in sources]
        for name in names:
            found.setdefault(name, weight)
    return list(found.items())[:limit]


def _sources(text: str) -> dict[str, str]:
    """By each form that a word of the text is weighed in: the word as it was written first."""
    found: dict[str, str] = {}
    for word in dict.fromkeys(_WORD.findall(text)):
        if len(word) < _LEAST or not telling_words(fold(word)):
            continue
        for form in {fold(word), *shadow(word).split()}:
            found.setdefault(form, word)
    return found
