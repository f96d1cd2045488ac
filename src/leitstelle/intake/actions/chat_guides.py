"""Guides as level 0 of the chat: the same question trees that drive the portal's form, the phone script and the
checklist of first level. A state is the text that the portal's form carries: version and answers.
"""

from collections.abc import Sequence
from datetime import datetime

from leitstelle.catalog.models import Category
from leitstelle.intake.models import ChatDoor
from leitstelle.intake.queries.guides import asked_of, brought_guide, team_named
from leitstelle.intake.queries.level0 import MOST_OFFERS, Dialogue, Sorts
from leitstelle.intake.rules.carried import Carried, carry
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.actions import count_helped
from leitstelle.knowledge.choices import Field, QuestionKind
from leitstelle.knowledge.models import Guide
from leitstelle.knowledge.queries import fitting_guides, guide_in_force
from leitstelle.knowledge.rules.typed import understood
from leitstelle.knowledge.rules.walking import Walk, told_report
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import GuideRun, Ticket


class Guides:
    """Guides in force for new dialogues; those under way keep the version they began with."""

    name = "guides"

    def offers(self, door: ChatDoor, text: str, language: str) -> Sequence[tuple[str, str]]:
        area = door.category.key.split(".")[0] if door.category else ""
        found = fitting_guides(text, language, area, door.guides.split(), MOST_OFFERS)
        return [(one.guide.key, one.guide.title.of(language)) for one in found]

    def begin(self, key: str) -> str:
        offered = guide_in_force(key)
        return carry(Carried(offered.version_id, {})) if offered else ""

    def look(self, state: str, language: str) -> Dialogue | None:
        found = brought_guide(state)
        if found is None:
            return None
        offered, at = found
        steps = [(step.question.ask.of(language), step.told(language)) for step in at.steps]
        return Dialogue(
            title=offered.guide.title.of(language),
            steps=tuple(steps),
            question=asked_of(at.question, language) if at.question else None,
            is_solved=at.is_solved,
            told=told_report(offered.guide, at, language) if at.given else "",
            sorts=_sorts(at),
        )

    def answer(self, state: str, question: str, given: str, typed: str) -> str | None:
        found = brought_guide(state)
        if found is None or found[1].question is None or found[1].question.key != question:
            return state
        offered, at = found
        asked = found[1].question
        said = understood(asked, typed) if typed or asked.kind is QuestionKind.TEXT else given
        if said is None or (asked.kind is not QuestionKind.TEXT and asked.answer(said) is None):
            return None
        answers = {step.question.key: step.given for step in at.steps} | {question: said}
        return carry(Carried(offered.version_id, answers))

    def back(self, state: str) -> str:
        found = brought_guide(state)
        if found is None or not found[1].steps:
            return ""
        offered, at = found
        return carry(Carried(offered.version_id, {step.question.key: step.given for step in at.steps[:-1]}))

    def recall(self, state: str, ticket: Ticket) -> str:
        found = brought_guide(state)
        if found is None:
            return state
        run = GuideRun.objects.filter(ticket=ticket, guide=found[0].id).first()
        if run is None:
            return state
        # Texts left open are answered too: nobody is asked twice.
        answers = {step.question.key: step.given for step in found[1].steps} | run.answers
        return carry(Carried(run.guide_version_id, answers))

    def keep(self, state: str, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
        found = brought_guide(state)
        if found is not None:
            tickets.bring_guide(ticket, found[0], found[1].given, by=by, now=now)

    def sort(self, state: str, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
        found = brought_guide(state)
        runs = GuideRun.objects.select_related("ticket", "guide_version")
        run = runs.filter(ticket=ticket, guide=found[0].id).first() if found else None
        if run is not None:
            run.ticket = ticket
            tickets.apply_guide(run, by=by, now=now)

    def helped(self, state: str, *, by: Viewer, now: datetime) -> None:
        found = brought_guide(state)
        if found is None:
            return
        offered, at = found
        last = at.question.key if at.question else at.steps[-1].question.key if at.steps else ""
        count_helped(Guide.objects.get(pk=offered.id), number=offered.number, question=last, by=by, now=now)


def _sorts(at: Walk) -> Sorts:
    outcome = at.outcome
    category = (
        Category.objects.filter(key=outcome.category, is_active=True).first() if outcome.category else None
    )
    return Sorts(
        kind=outcome.kind,
        category_id=category.pk if category else None,
        impact=outcome.impact,
        urgency=outcome.urgency,
        team_id=team_named(outcome.team),
        device=at.field(Field.DEVICE)[:80],
    )
