"""Reading guides from text, and walking through them."""

import pytest

from leitstelle.knowledge.actions import shipped_sources
from leitstelle.knowledge.choices import Fault, Field, QuestionKind
from leitstelle.knowledge.rules.guides import HELPED, NOT_HELPED, Guide, Question
from leitstelle.knowledge.rules.reading import MAX_SOURCE, Known, NotAGuide, read_guide
from leitstelle.knowledge.rules.walking import told_answers, told_tries, walk
from leitstelle.knowledge.views.guides import EXAMPLE

SMALL = """
key: lamp
impact: person
title:
  de: Lampe
  en: Lamp
questions:
  - key: on
    kind: yes_no
    ask: {de: Leuchtet sie?, en: Is it on?}
    answers: [{key: yes, next: room}, {key: no, impact: group}]
  - key: bulb
    kind: hint
    ask: {de: Birne festdrehen, en: Turn the bulb}
  - key: checked
    kind: yes_no
    desk: true
    ask: {de: Geprüft?, en: Checked?}
  - key: room
    kind: text
    required: true
    field: place
    ask: {de: "Wo?", en: "Where?"}
checklist:
  - {key: fuse, de: Sicherung geprüft, en: Fuse checked}
"""


@pytest.fixture
def lamp() -> Guide:
    return read_guide(SMALL)


def test_one_question_after_the_other(lamp: Guide) -> None:
    found = walk(lamp, {}, desk=False)
    assert found.question
    assert (found.question.key, found.steps) == ("on", ())
    found = walk(lamp, {"on": "no"}, desk=False)
    assert found.question
    assert (found.question.key, found.outcome.impact) == ("bulb", "group")
    done = walk(lamp, {"on": "no", "bulb": NOT_HELPED, "room": " Keller "}, desk=False)
    assert (done.is_done, done.is_solved, done.field(Field.PLACE)) == (True, False, "Keller")
    assert told_answers(done, "de")[-1] == ("Wo?", "Keller")


def test_an_answer_leads_past_questions_and_what_was_said_there_does_not_count(lamp: Guide) -> None:
    found = walk(lamp, {"on": "yes", "bulb": HELPED, "room": "Keller"}, desk=False)
    assert found.given == {"on": "yes", "room": "Keller"}
    assert (found.is_solved, found.outcome.impact) == (False, "person")


def test_a_hint_that_helped_ends_it(lamp: Guide) -> None:
    found = walk(lamp, {"on": "no", "bulb": HELPED}, desk=False)
    assert found.is_done
    assert found.is_solved


def test_the_desk_is_asked_more_and_no_text_holds_it_up(lamp: Guide) -> None:
    answers = {"on": "no", "bulb": NOT_HELPED}
    portal, desk = walk(lamp, answers, desk=False), walk(lamp, answers, desk=True)
    assert portal.question
    assert portal.question.key == "room"
    assert desk.question
    assert desk.question.key == "checked"
    assert walk(lamp, answers | {"checked": "yes"}, desk=True).is_done


def test_answers_that_no_guide_offers_are_asked_again(lamp: Guide) -> None:
    found = walk(lamp, {"on": "perhaps", "room": ""}, desk=False)
    assert found.question
    assert found.question.key == "on"
    required = walk(lamp, {"on": "yes", "room": "  "}, desk=False)
    assert required.question
    assert required.question.key == "room"


def test_what_was_tried_is_told(lamp: Guide) -> None:
    found = walk(lamp, {"on": "no", "bulb": NOT_HELPED}, desk=True)
    assert told_tries(lamp, found, ["fuse", "gone"], "de") == [
        "Birne festdrehen – Das hat nicht geholfen",
        "Sicherung geprüft",
    ]


@pytest.mark.parametrize(
    ("change", "where", "fault"),
    [
        (("  en: Lamp\n", ""), "title.en", Fault.MISSING),
        (("next: room", "next: attic"), "question.on.answers.yes.next", Fault.LEADS_NOWHERE),
        (("kind: hint", "kind: hint\n    next: on"), "question.bulb.next", Fault.LEADS_BACK),
        (("kind: hint", "kind: hint\n    next: bulb"), "question.bulb.next", Fault.LEADS_BACK),
        (("key: bulb", "key: on"), "question.on", Fault.DOUBLE),
        (("key: bulb", "key: The Bulb"), "question", Fault.BAD_KEY),
        (("kind: hint", "kind: song"), "question.bulb.kind", Fault.NOT_OFFERED),
        (("kind: hint", "kind: choice"), "question.bulb.answers", Fault.TOO_FEW),
        (("field: place", "field: password"), "question.room.field", Fault.NOT_OFFERED),
        (("required: true", "required: 1"), "question.room.required", Fault.NOT_SWITCH),
        (("required: true", "required: yes"), "question.room.required", Fault.NOT_SWITCH),
        (("required: true", "run: true"), "question.room.run", Fault.UNKNOWN),
        (("impact: person", "impact: world"), "impact", Fault.NOT_OFFERED),
        (("impact: group", "impact: world"), "question.on.answers.no.impact", Fault.NOT_OFFERED),
        (('ask: {de: "Wo?", en: "Where?"}', 'ask: "Wo?"'), "question.room.ask", Fault.NOT_TABLE),
    ],
)
def test_problems_say_where_and_what(change: tuple[str, str], where: str, fault: Fault) -> None:
    assert change[0] in SMALL
    with pytest.raises(NotAGuide) as refused:
        read_guide(SMALL.replace(change[0], change[1], 1), Known(impact=frozenset({"person", "group"})))
    assert (where, fault) in [(one.where, one.fault) for one in refused.value.problems]


@pytest.mark.parametrize(
    ("change", "line", "column", "fault"),
    [
        (("  de: Lampe", "  - ]"), 5, 5, Fault.NOT_YAML),
        (("  de: Lampe", "\tde: Lampe"), 5, 1, Fault.TAB),
        (("de: Lampe", "de: Lampe: rot"), 5, 12, Fault.COLON),
        (("de: Lampe", "de: &l Lampe"), 5, 7, Fault.ALIAS),
        (("de: Lampe", "de: *l"), 5, 7, Fault.ALIAS),
        (("de: Lampe", "de: !!python/name:os.system x"), 5, 7, Fault.TAG),
        (("  en: Lamp", "  de: Lamp"), 6, 3, Fault.TWICE),
        (("de: Lampe", "de: " + "[" * 13), 5, 17, Fault.TOO_DEEP),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(
    change: tuple[str, str], line: int, column: int, fault: Fault
) -> None:
    assert change[0] in SMALL
    with pytest.raises(NotAGuide) as refused:
        read_guide(SMALL.replace(change[0], change[1], 1))
    problem = refused.value.problems[0]
    assert (problem.line, problem.column, problem.fault) == (line, column, fault)


def test_plain_words_stay_texts() -> None:
    for said in ("no", "1:30", "2026-01-01", "017", "null and void", "on", "Yes"):
        guide = read_guide(SMALL.replace("de: Lampe", f"de: {said}"))
        assert guide.title.de == said


def test_a_bomb_of_references_is_refused_before_it_is_built() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(NotAGuide) as refused:
        read_guide("\n".join(rows))
    assert refused.value.problems[0].fault is Fault.ALIAS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * (MAX_SOURCE + 1),
        "a: " + "[" * 20_000,
        "- " * 20_000,
        "{" * 20_000,
        "a:\n" + "- x\n" * 15_000,
        "questions: 7",
        "questions: [1, 2]",
        "\0",
        "\ud800",
        "key: 1979-05-27",
        "title: []\nkey: []",
        "? [a, b]\n: c",
        "--- a\n--- b",
        "%YAML 9.9\n---\na",
        "questions:\n" + "".join("- key: a\n" for _ in range(500)),
    ],
)
def test_hostile_texts_are_refused_plainly(text: str) -> None:
    with pytest.raises(NotAGuide) as refused:
        read_guide(text)
    assert 0 < len(refused.value.problems) <= 20


def test_the_example_of_the_editor_can_be_read() -> None:
    assert read_guide(EXAMPLE).key == "projector"


def test_25_guides_are_shipped() -> None:
    assert len(shipped_sources()) == 25


@pytest.mark.parametrize("key", shipped_sources())
def test_a_shipped_guide_is_complete_and_every_path_ends(key: str) -> None:
    guide = read_guide(shipped_sources()[key])
    assert 3 <= len(guide.questions) <= 9
    assert guide.checklist
    assert guide.words
    assert guide.outcome.category
    assert guide.outcome.impact
    assert guide.outcome.urgency
    paths: list[dict[str, str]] = [{}]
    ends = 0
    seen: set[str] = set()
    while paths:
        answers = paths.pop()
        found = walk(guide, answers, desk=False)
        seen.update(step.question.key for step in found.steps)
        if found.question is None:
            ends += 1
            assert len(found.steps) <= 8
            continue
        paths += [answers | {found.question.key: value} for value in _values(found.question)]
    assert ends > 1
    # No question stands where no path leads.
    assert seen == {one.key for one in guide.questions if not one.desk}


def _values(question: Question) -> list[str]:
    if question.kind is QuestionKind.TEXT:
        return ["etwas"]
    return [one.key for one in question.answers]
