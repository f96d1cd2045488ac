"""How well a guide fits what somebody typed of their own trouble: whole sentences, inflected words, compounds."""

import re
from collections.abc import Iterable

from leitstelle.kernel.search.linguistics import fold
from leitstelle.knowledge.rules.guides import Guide

_WORD = re.compile(r"\w+")
# Shorter words, and these, stand in every sentence and say nothing about a symptom.
SHORTEST = 3
# Words of fewer letters than this ("VPN") are the same or not; longer ones have forms.
_LONG = 4
_COMMON = frozenset(
    fold(word)
    for word in _WORD.findall(
        "aber alle alles auch beim bitte dann dass dieser dieses doch eine einem einen einer eines etwas funktioniert"
        " ganz geht gerade gestern habe haben hallo heute hier immer jetzt kann kein keine keinen komme kommt leider"
        " macht mehr ich mein meine meinem meinen meiner mich mit möchte muss nach nicht nichts noch nur oder seit sich"
        " sind und uns unser von warum was wenn werden wieder wird zum zur guten morgen danke der die das ist den dem"
        " des ein bei aus auf ins ihr ihn ihm wir sie hat war als für über bis vom wie weg hello help please since"
        " does have that this what when with work working works cannot cant dont doesnt anymore into from there the"
        " and not can for you off out are was has any get got all but its"
    )
)
_LIKE = 0.6


def said_words(text: str) -> list[str]:
    """The words of a text that say something, each once."""
    found = (fold(word) for word in _WORD.findall(text[:400]))
    return list(dict.fromkeys(word for word in found if len(word) >= SHORTEST and word not in _COMMON))[:20]


def fit(guide: Guide, said: Iterable[str]) -> int:
    """Return how well the words fit: those of the title count twice."""
    title = _words(f"{guide.title.de} {guide.title.en}")
    others = _words(guide.words)
    return sum(2 * _among(word, title) + _among(word, others) for word in said)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text)) if len(word) >= SHORTEST and word not in _COMMON]


def _among(word: str, words: Iterable[str]) -> bool:
    return any(_alike(word, other) for other in words)


def _alike(one: str, other: str) -> bool:
    """The same word in another form ("druckt", "Drucker"), or part of a compound ("Netzwerkdrucker")."""
    short, long = sorted((one, other), key=len)
    if one == other or (len(short) > _LONG and short in long):
        return True
    same = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return same >= _LONG and same >= _LIKE * len(long)
