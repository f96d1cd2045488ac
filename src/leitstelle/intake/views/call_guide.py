"""The guide in the form of a call: its questions beside the words, with the answers in the form itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Impact, Urgency
from leitstelle.intake.actions.calls import Matter, NewCall
from leitstelle.intake.forms.calls import GUIDE_ANSWER, MATRIX, CallForm
from leitstelle.intake.views.call_drafts import agent_of
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import render
from leitstelle.knowledge.queries import Offered, guide_in_force, guides_in_force, titled
from leitstelle.knowledge.rules.guides import Outcome
from leitstelle.knowledge.rules.walking import Walk, walk
from leitstelle.tickets.choices import Kind


@dataclass(frozen=True)
class Asked:
    """The chosen guide, what was answered in the form, and where that stands."""

    offered: Offered
    answers: dict[str, str]
    walk: Walk


def asked_in(values: Mapping[str, Any]) -> Asked | None:
    """Return the guide that the values of a form name; nothing without one."""
    offered = guide_in_force(str(values.get("guide") or "")[:40])
    if offered is None:
        return None
    answers = {
        name.removeprefix(GUIDE_ANSWER): str(values[name]) for name in values if name.startswith(GUIDE_ANSWER)
    }
    return Asked(offered, answers, walk(offered.guide, answers, desk=True))


def values_of(form: CallForm) -> Mapping[str, Any]:
    """What stands in a form, bound or not."""
    return form.data if form.is_bound else form.initial


def guide_context(viewer: Viewer, asked: Asked | None) -> dict[str, Any]:
    """Return what `intake/_call_guide.html` shows."""
    language = viewer.language
    return {
        "guides": [
            (one.guide.key, one.guide.title.of(language)) for one in titled(guides_in_force(), language)
        ],
        "guide_key": asked.offered.guide.key if asked else "",
        "steps": asked.walk.steps if asked else (),
        "question": asked.walk.question if asked else None,
        "names": GUIDE_ANSWER,
        "words": language,
        "may_work": True,
        "is_solved": asked is not None and asked.walk.is_solved,
        "proposed": _told(asked.walk.outcome) if asked else "",
        "checklist": [one.words.of(language) for one in asked.offered.guide.checklist] if asked else [],
    }


def with_guide(new: NewCall, asked: Asked | None) -> NewCall:
    """Add the guide to a call; what the agent left as it was is sorted as the guide says."""
    if asked is None:
        return new
    return replace(
        new, guide=asked.offered, answers=asked.answers, matter=_sorted(new.matter, asked.walk.outcome)
    )


def _sorted(matter: Matter, outcome: Outcome) -> Matter:
    if matter.category_id is None and outcome.category:
        category = Category.objects.filter(key=outcome.category, is_active=True).first()
        matter = replace(matter, category_id=category.pk if category else None)
    if f"{matter.urgency}:{matter.impact}" == MATRIX:
        matter = replace(
            matter, urgency=outcome.urgency or matter.urgency, impact=outcome.impact or matter.impact
        )
    if matter.kind == Kind.INCIDENT and outcome.kind:
        matter = replace(matter, kind=Kind(outcome.kind))
    return matter


def _told(outcome: Outcome) -> str:
    """Category, impact and urgency of a guide, in words."""
    rows = (
        Category.objects.filter(key=outcome.category).first(),
        Impact.objects.filter(key=outcome.impact).first(),
        Urgency.objects.filter(key=outcome.urgency).first(),
    )
    return " · ".join(name_of(row) for row in rows if row)


@require_POST
def call_guide(request: HttpRequest) -> HttpResponse:
    """The questions of the chosen guide, as far as they are answered; asked for with every answer."""
    viewer = agent_of(request)
    return render(request, "intake/_call_guide.html", guide_context(viewer, asked_in(request.POST)))
