"""Where a run of a guide stands: from what was answered so far to the next question, the outcome and the words.

Knows no face: portal and chat ask one question at a time, the desk shows the whole path.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from leitstelle.knowledge.choices import Field, QuestionKind
from leitstelle.knowledge.rules.guides import END, HELPED, NOT_HELPED, Guide, Outcome, Question

MAX_ANSWER = 2000


@dataclass(frozen=True)
class Step:
    """A question with what was answered; empty where it may stay open."""

    question: Question
    given: str

    def told(self, language: str) -> str:
        """The answer as people read it."""
        answer = self.question.answer(self.given)
        return answer.words.of(language) if answer else self.given


@dataclass(frozen=True)
class Walk:
    """A run: the steps so far, the question to ask next, whether a hint solved it, and what comes of it."""

    steps: tuple[Step, ...]
    question: Question | None
    is_solved: bool
    outcome: Outcome

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to ask."""
        return self.question is None

    @property
    def given(self) -> dict[str, str]:
        """The answers that count: those on the path."""
        return {step.question.key: step.given for step in self.steps if step.given}

    def field(self, field: Field) -> str:
        """What was answered to the question that fills this field."""
        return next((step.given for step in self.steps if step.question.field is field), "")


def walk(guide: Guide, given: Mapping[str, str], *, desk: bool) -> Walk:
    """Follow the answers through the guide. At the desk no text holds up the path, it may be filled in later."""
    steps: list[Step] = []
    outcome, solved, number = guide.outcome, False, 0
    places = {question.key: place for place, question in enumerate(guide.questions)}
    while number < len(guide.questions):
        question = guide.questions[number]
        target = question.next
        if desk or not question.desk:
            said = _said(question, given, desk=desk)
            if said is None:
                return Walk(tuple(steps), question, False, outcome)
            steps.append(Step(question, said))
            answer = question.answer(said)
            if answer is not None:
                outcome, target = outcome.then(answer.outcome), answer.next or target
            solved = said == HELPED and question.kind is QuestionKind.HINT
        number = len(places) if target == END else places.get(target, number + 1)
    return Walk(tuple(steps), None, solved, outcome)


def _said(question: Question, given: Mapping[str, str], *, desk: bool) -> str | None:
    """The answer to a question, `None` where it has to be asked still."""
    value = given.get(question.key)
    if question.kind is QuestionKind.TEXT:
        text = (value or "").strip()[:MAX_ANSWER]
        return text if text or desk or (value is not None and not question.required) else None
    return value if value is not None and question.answer(value) else None


def told_answers(found: Walk, language: str) -> list[tuple[str, str]]:
    """Question and answer in words, without what stayed open."""
    return [(step.question.ask.of(language), step.told(language)) for step in found.steps if step.given]


def told_report(guide: Guide, found: Walk, language: str) -> str:
    """What was answered as the words of a report: the title, and below it a line for each question."""
    lines = [
        f"{ask} {said}" if ask.endswith("?") else f"{ask} – {said}"
        for ask, said in told_answers(found, language)
    ]
    return "\n".join([guide.title.of(language), "", *lines])


def told_tries(guide: Guide, found: Walk, done: Collection[str], language: str) -> list[str]:
    """What was tried, as lines for whoever takes over: hints that did not help, and what was ticked off."""
    hints = [
        f"{step.question.ask.of(language)} – {step.told(language)}"
        for step in found.steps
        if step.given in (HELPED, NOT_HELPED) and step.question.kind is QuestionKind.HINT
    ]
    return hints + [check.words.of(language) for check in guide.checklist if check.key in done]
