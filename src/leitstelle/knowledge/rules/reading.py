"""Reading a guide from its text, with every problem named by place. Data only: nothing in it is ever run.

Questions lead to later questions only. So no guide can go in circles, and every path ends.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from leitstelle.knowledge.choices import Fault, Field, QuestionKind
from leitstelle.knowledge.rules.guides import (
    END,
    FIXED_ANSWERS,
    HELPED,
    NO,
    NOT_HELPED,
    YES,
    Answer,
    Check,
    Guide,
    Outcome,
    Question,
    Words,
)
from leitstelle.knowledge.rules.text import Unreadable, read_text

MAX_SOURCE = 64_000
MAX_QUESTIONS, MAX_ANSWERS, MAX_CHECKS = 40, 20, 30
MAX_LINE, MAX_NOTE = 300, 1500
MOST_PROBLEMS = 20
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_OUTCOME = ("kind", "category", "impact", "urgency", "team")
_TOP = {"key", "title", "words", "questions", "checklist", *_OUTCOME}
_QUESTION = {"key", "kind", "ask", "note", "answers", "next", "desk", "required", "field"}
_ANSWER = {"key", "de", "en", "next", *_OUTCOME}
_FIXED = {QuestionKind.YES_NO: (YES, NO), QuestionKind.HINT: (HELPED, NOT_HELPED)}
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Problem:
    """What is wrong where: a path such as `question.lamp.answers.red.next`, a code, and what was found.

    Where the text itself cannot be read, `line` and `column` (from 1) say where instead.
    """

    where: str
    fault: Fault
    what: str = ""
    line: int = 0
    column: int = 0


class NotAGuide(ValueError):
    """A text that is no guide; carries its problems in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.fault} {one.what}" for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, kw_only=True)
class Known:
    """The codes that outcomes may name, as the house has them. `None`: not compared."""

    kind: frozenset[str] | None = None
    category: frozenset[str] | None = None
    impact: frozenset[str] | None = None
    urgency: frozenset[str] | None = None
    team: frozenset[str] | None = None


def read_guide(source: str, known: Known = Known()) -> Guide:
    """Return the guide that a text describes. Raises `NotAGuide` with all that is wrong."""
    if len(source) > MAX_SOURCE:
        raise NotAGuide([Problem("", Fault.TOO_LONG, str(MAX_SOURCE))])
    try:
        data = read_text(source.replace("\r\n", "\n"))
    except Unreadable as error:
        raise NotAGuide([Problem("", error.fault, error.what, error.line, error.column)]) from None
    if not isinstance(data, dict):
        raise NotAGuide([Problem("", Fault.NOT_TABLE, "key, title, questions")])
    reader = _Reader(known)
    guide = reader.guide(data)
    if reader.problems:
        raise NotAGuide(reader.problems[:MOST_PROBLEMS])
    return guide


@dataclass
class _Reader:
    known: Known
    problems: list[Problem] = field(default_factory=list)

    def guide(self, data: Mapping[str, Any]) -> Guide:
        self.unknown("", data, _TOP)
        rows = self.tables("questions", data.get("questions", []), MAX_QUESTIONS)
        if not rows:
            self.note("questions", Fault.TOO_FEW, "1")
        questions = tuple(self.question(row) for row in rows)
        self.once("question", [one.key for one in questions])
        self.paths(questions)
        checks = self.tables("checklist", data.get("checklist", []), MAX_CHECKS)
        checklist = tuple(self.check(row) for row in checks)
        self.once("checklist", [one.key for one in checklist])
        return Guide(
            key=self.key("key", data),
            title=self.words("title", data.get("title"), MAX_LINE),
            words=self.text("words", data.get("words", ""), MAX_NOTE),
            outcome=self.outcome("", data),
            questions=questions,
            checklist=checklist,
        )

    def question(self, row: Mapping[str, Any]) -> Question:
        key = self.key("question", row)
        where = f"question.{key}"
        self.unknown(where, row, _QUESTION)
        kind = self.one_of(f"{where}.kind", row.get("kind", QuestionKind.CHOICE), QuestionKind)
        kind = kind or QuestionKind.CHOICE
        target = row.get("field")
        return Question(
            key=key,
            kind=kind,
            ask=self.words(f"{where}.ask", row.get("ask"), MAX_LINE),
            note=self.words(f"{where}.note", row["note"], MAX_NOTE) if "note" in row else Words("", ""),
            answers=self.answers(where, kind, row.get("answers", [])),
            next=self.text(f"{where}.next", row.get("next", ""), MAX_LINE),
            desk=self.switch(f"{where}.desk", row.get("desk", False)),
            required=self.switch(f"{where}.required", row.get("required", False)),
            field=self.one_of(f"{where}.field", target, Field) if target is not None else None,
        )

    def answers(self, where: str, kind: QuestionKind, rows: Any) -> tuple[Answer, ...]:
        found = self.tables(f"{where}.answers", rows, MAX_ANSWERS)
        given = tuple(self.answer(where, row) for row in found)
        self.once(f"{where}.answers", [one.key for one in given])
        fixed = _FIXED.get(kind)
        if kind is QuestionKind.TEXT:
            for one in given:
                self.note(f"{where}.answers.{one.key}", Fault.UNKNOWN, one.key)
        elif fixed is None and len(given) < 2:
            self.note(f"{where}.answers", Fault.TOO_FEW, "2")
        if fixed is None:
            for one in given:
                if not one.words.de or not one.words.en:
                    self.note(f"{where}.answers.{one.key}", Fault.MISSING, "de, en")
            return given
        for one in given:
            if one.key not in fixed:
                self.note(f"{where}.answers.{one.key}", Fault.NOT_OFFERED, ", ".join(fixed))
        by_key = {one.key: one for one in given}
        return tuple(self.fixed(by_key.get(key), key) for key in fixed)

    @staticmethod
    def fixed(given: Answer | None, key: str) -> Answer:
        """An answer whose words are the same in every guide; "that helped" ends it."""
        answer = given or Answer(key=key, words=FIXED_ANSWERS[key])
        said = answer.words if answer.words.de or answer.words.en else FIXED_ANSWERS[key]
        return Answer(key=key, words=said, next=END if key == HELPED else answer.next, outcome=answer.outcome)

    def answer(self, where: str, row: Mapping[str, Any]) -> Answer:
        key = self.key(f"{where}.answers", row)
        path = f"{where}.answers.{key}"
        self.unknown(path, row, _ANSWER)
        return Answer(
            key=key,
            words=Words(*(self.text(f"{path}.{name}", row.get(name, ""), MAX_LINE) for name in ("de", "en"))),
            next=self.text(f"{path}.next", row.get("next", ""), MAX_LINE),
            outcome=self.outcome(f"{path}.", row),
        )

    def check(self, row: Mapping[str, Any]) -> Check:
        key = self.key("checklist", row)
        texts = {name: row[name] for name in row if name != "key"}
        return Check(key=key, words=self.words(f"checklist.{key}", texts, MAX_LINE))

    def outcome(self, where: str, row: Mapping[str, Any]) -> Outcome:
        said = {
            name: self.text(f"{where}{name}", row[name], MAX_LINE)
            for name in _OUTCOME
            if row.get(name) is not None
        }
        for name, value in said.items():
            offered: frozenset[str] | None = getattr(self.known, name)
            if offered is not None and value and value not in offered:
                self.note(f"{where}{name}", Fault.NOT_OFFERED, ", ".join(sorted(offered)[:12]))
        return Outcome(**said)

    def paths(self, questions: Sequence[Question]) -> None:
        """Every `next` names a question further down, or the end."""
        place = {one.key: number for number, one in enumerate(questions)}
        for number, question in enumerate(questions):
            leads = [(f"question.{question.key}.next", question.next)]
            leads += [
                (f"question.{question.key}.answers.{one.key}.next", one.next) for one in question.answers
            ]
            for where, target in leads:
                if target in ("", END):
                    continue
                if target not in place:
                    self.note(where, Fault.LEADS_NOWHERE, target)
                elif place[target] <= number:
                    self.note(where, Fault.LEADS_BACK, target)

    def tables(self, where: str, value: Any, most: int) -> list[Mapping[str, Any]]:
        if not isinstance(value, list):
            self.note(where, Fault.NOT_LIST)
            return []
        if len(value) > most:
            self.note(where, Fault.TOO_MANY, str(most))
        rows: list[Mapping[str, Any]] = [row for row in value[:most] if isinstance(row, dict)]
        if len(rows) < len(value[:most]):
            self.note(where, Fault.NOT_TABLE)
        return rows

    def words(self, where: str, value: Any, longest: int) -> Words:
        if not isinstance(value, dict):
            self.note(where, Fault.MISSING if value is None else Fault.NOT_TABLE, "de, en")
            return Words("", "")
        self.unknown(where, value, {"de", "en"})
        found = Words(*(self.text(f"{where}.{name}", value.get(name, ""), longest) for name in ("de", "en")))
        for name in ("de", "en"):
            if not getattr(found, name):
                self.note(f"{where}.{name}", Fault.MISSING)
        return found

    def key(self, where: str, row: Mapping[str, Any]) -> str:
        value = row.get("key")
        if not isinstance(value, str) or not _KEY.fullmatch(value) or value == END:
            self.note(where, Fault.BAD_KEY, str(value)[:40] if value is not None else "")
            return ""
        return value

    def text(self, where: str, value: Any, longest: int) -> str:
        if not isinstance(value, str):
            self.note(where, Fault.NOT_TEXT)
            return ""
        if len(value) > longest:
            self.note(where, Fault.TOO_LONG, str(longest))
        return value.strip()[:longest]

    def switch(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.note(where, Fault.NOT_SWITCH)
        return value is True

    def one_of(self, where: str, value: Any, codes: type[E]) -> E | None:
        if value in list(codes):
            return codes(value)
        self.note(where, Fault.NOT_OFFERED, ", ".join(codes))
        return None

    def unknown(self, where: str, row: Mapping[str, Any], allowed: set[str]) -> None:
        for name in row:
            if name not in allowed:
                self.note(f"{where}.{name}".lstrip("."), Fault.UNKNOWN, name[:40])

    def once(self, where: str, keys: Sequence[str]) -> None:
        for number, key in enumerate(keys):
            if key and key in keys[:number]:
                self.note(f"{where}.{key}", Fault.DOUBLE, key)

    def note(self, where: str, fault: Fault, what: str = "") -> None:
        self.problems.append(Problem(where, fault, what))
