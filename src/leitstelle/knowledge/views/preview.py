"""How a guide reads while it is written: its problems, or its questions with where each answer leads."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from leitstelle.knowledge.choices import QuestionKind
from leitstelle.knowledge.labels import QUESTION_KIND, told
from leitstelle.knowledge.queries.known import known_codes
from leitstelle.knowledge.rules.guides import END, HELPED, Guide, Outcome, Question
from leitstelle.knowledge.rules.reading import NotAGuide, read_guide


@dataclass(frozen=True)
class Lead:
    """An answer as the preview shows it: its words, where it leads, and what it makes of the ticket."""

    text: str
    target: str
    outcome: str


def preview_of(source: str, language: str) -> dict[str, Any]:
    """Return `problems` in sentences, or the `found` guide with its `questions` and their leads."""
    try:
        guide = read_guide(source, known_codes())
    except NotAGuide as error:
        return {
            "problems": [
                told(one.where, one.fault, one.what, one.line, one.column) for one in error.problems
            ],
            "found": None,
            "questions": [],
        }
    questions = [
        (number, question, str(QUESTION_KIND[question.kind]), _leads(guide, question, number, language))
        for number, question in enumerate(guide.questions, start=1)
    ]
    return {
        "problems": [],
        "found": guide,
        "questions": questions,
        "outcome": _outcome(guide.outcome),
        "language_now": language,
    }


def _leads(guide: Guide, question: Question, number: int, language: str) -> list[Lead]:
    if question.kind is QuestionKind.TEXT:
        return [Lead("", _target(guide, question.next, number), "")]
    return [
        Lead(
            one.words.of(language),
            _("solved, no ticket")
            if one.key == HELPED and question.kind is QuestionKind.HINT
            else _target(guide, one.next or question.next, number),
            _outcome(one.outcome),
        )
        for one in question.answers
    ]


def _target(guide: Guide, target: str, number: int) -> str:
    keys = [one.key for one in guide.questions]
    place = keys.index(target) + 1 if target in keys else number + 1
    if target == END or place > len(keys):
        return _("end of the guide")
    return _("question %(number)s") % {"number": place}


def _outcome(outcome: Outcome) -> str:
    said = (outcome.kind, outcome.category, outcome.impact, outcome.urgency, outcome.team)
    return " · ".join(one for one in said if one)
