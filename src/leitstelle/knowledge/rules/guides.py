"""The parts of a guide, as plain values: questions in order, answers that lead forward, what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from leitstelle.knowledge.choices import Field, QuestionKind

# An answer that ends the guide instead of leading to a question.
END = "end"
YES, NO = "yes", "no"
HELPED, NOT_HELPED = "helped", "not_helped"


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    de: str
    en: str

    def of(self, language: str) -> str:
        """The text in a language; the other one where it is missing."""
        return (self.de or self.en) if language.startswith("de") else (self.en or self.de)


FIXED_ANSWERS: Mapping[str, Words] = {
    YES: Words("Ja", "Yes"),
    NO: Words("Nein", "No"),
    HELPED: Words("Das hat geholfen", "That helped"),
    NOT_HELPED: Words("Das hat nicht geholfen", "That did not help"),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a ticket gets: keys of the catalogue and the name of a team. Empty means not said."""

    kind: str = ""
    category: str = ""
    impact: str = ""
    urgency: str = ""
    team: str = ""

    def then(self, later: "Outcome") -> "Outcome":
        """This outcome, with what a later answer says instead."""
        names = [field.name for field in fields(self)]
        return Outcome(**{name: getattr(later, name) or getattr(self, name) for name in names})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of a question. `next`: key of a later question, `END`, or empty for what the question says."""

    key: str
    words: Words
    next: str = ""
    outcome: Outcome = Outcome()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, or a hint to try. `next` empty: the one below. `desk`: only first level is asked."""

    key: str
    kind: QuestionKind
    ask: Words
    note: Words = Words("", "")
    answers: tuple[Answer, ...] = ()
    next: str = ""
    desk: bool = False
    required: bool = False
    field: Field | None = None

    def answer(self, key: str) -> Answer | None:
        """The answer with this key."""
        return next((one for one in self.answers if one.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the checklist of first level."""

    key: str
    words: Words


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A guide for one symptom. `words` are further words it is found by."""

    key: str
    title: Words
    words: str = ""
    outcome: Outcome = Outcome()
    questions: tuple[Question, ...] = ()
    checklist: tuple[Check, ...] = ()

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((one for one in self.questions if one.key == key), None)
