"""What somebody typed instead of pressing a button: which answer of the question they mean."""

import re

from leitstelle.kernel.search.linguistics import fold
from leitstelle.knowledge.choices import QuestionKind
from leitstelle.knowledge.rules.guides import HELPED, NO, NOT_HELPED, YES, Question
from leitstelle.knowledge.rules.walking import MAX_ANSWER

_YES = frozenset({"ja", "j", "jo", "yes", "y", "yep", "ok"})
_NO = frozenset({"nein", "n", "ne", "nee", "no", "nope"})
_MARKS = re.compile(r"[^\w\s]+")
# What a shorter word is part of says nothing.
_SHORTEST_PART = 4


def understood(question: Question, typed: str) -> str | None:
    """Return the answer meant by what was typed: its number, its words in either language, or a part that only one
    answer has; yes and no for hints too. The text itself for a question that asks for one. `None`: it cannot be told.
    """
    if question.kind is QuestionKind.TEXT:
        text = typed.strip()[:MAX_ANSWER]
        return text if text or not question.required else None
    said = _plain(typed)
    if not said:
        return None
    yes, no = (HELPED, NOT_HELPED) if question.kind is QuestionKind.HINT else (YES, NO)
    if question.kind in (QuestionKind.HINT, QuestionKind.YES_NO) and said in _YES | _NO:
        return yes if said in _YES else no
    if said.isascii() and said.isdigit():
        place = int(said[:3]) - 1
        return question.answers[place].key if 0 <= place < len(question.answers) else None
    words = {one.key: {_plain(one.words.de), _plain(one.words.en)} for one in question.answers}
    exact = [key for key, texts in words.items() if said in texts]
    if exact or len(said) < _SHORTEST_PART:
        return exact[0] if len(exact) == 1 else None
    part = [key for key, texts in words.items() if any(said in text for text in texts)]
    return part[0] if len(part) == 1 else None


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", fold(text[:200])).split())
