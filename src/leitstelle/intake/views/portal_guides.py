"""Guides in the portal: find one by symptom, answer one question per page, and report with what was said.

The answers travel in the form; nothing is kept before a report is sent. A hint that helped ends it without a ticket.
"""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.intake.queries.guides import asked_of
from leitstelle.intake.rules.carried import Carried, carry
from leitstelle.intake.views.portal_areas import area_of, areas
from leitstelle.intake.views.portal_doors import check_machine
from leitstelle.intake.views.portal_home import organisation_of
from leitstelle.intake.views.portal_report import ONE_DAY, describe_with
from leitstelle.intake.views.portal_words import opening
from leitstelle.kernel import limits
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.knowledge.actions import count_helped
from leitstelle.knowledge.choices import Field, QuestionKind
from leitstelle.knowledge.models import Guide
from leitstelle.knowledge.queries import Offered, find_guides, guide_in_force
from leitstelle.knowledge.rules.walking import MAX_ANSWER, Step, Walk, told_answers, told_report, walk

COUNTED_PER_MACHINE = 20


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """Find a guide by what somebody types; all of them without words."""
    viewer = viewer_of(request)
    text = request.GET.get("q", "").strip()[:200]
    found = [
        (one.guide.key, one.guide.title.of(viewer.language)) for one in find_guides(text, viewer.language)
    ]
    context = {"found": found, "q": text, "areas": areas()}
    return page(request, "intake/portal/guides.html", context, fragment="intake/portal/_guides_found.html")


@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the next question of a guide; at its end show the report that it makes, or that a hint helped."""
    viewer = viewer_of(request)
    offered = guide_in_force(key)
    if offered is None:
        raise Http404
    given, missing = _given(request, offered)
    found = walk(offered.guide, given, desk=False)
    if request.POST.get("step") == "back":
        before = {step.question.key: step.given for step in found.steps[:-1]}
        found, missing = walk(offered.guide, before, desk=False), False
    if found.question is not None:
        return _ask(request, viewer, offered, found, missing=missing)
    if found.is_solved:
        return _solved(request, viewer, offered, found.steps[-1])
    return describe_with(request, _values(viewer, offered, found))


def _given(request: HttpRequest, offered: Offered) -> tuple[dict[str, str], bool]:
    """The answers so far, and whether the question just asked was left without one."""
    prefix = "a."
    sent = request.POST.items() if request.method == "POST" else []
    given = {
        name.removeprefix(prefix): str(value)[:MAX_ANSWER] for name, value in sent if name.startswith(prefix)
    }
    asked = request.POST.get("asked", "") if request.method == "POST" else ""
    question = offered.guide.question(asked)
    if question is None:
        return given, False
    if question.kind is QuestionKind.TEXT and not question.required:
        given.setdefault(asked, "")
        return given, False
    return given, not given.get(asked, "").strip()


def _ask(
    request: HttpRequest, viewer: Viewer, offered: Offered, found: Walk, *, missing: bool
) -> HttpResponse:
    question, language = found.question, viewer.language
    assert question is not None
    context = {
        "key": offered.guide.key,
        "title": offered.guide.title.of(language),
        "question": asked_of(question, language),
        "missing": missing,
        "so_far": [(step.question.key, step.given) for step in found.steps],
        "told": told_answers(found, language),
        "area": offered.guide.outcome.category.split(".")[0],
        "opening": opening(organisation_of(viewer), timezone.now()),
    }
    return page(request, "intake/portal/guide.html", context, status=422 if missing else 200)


def _solved(request: HttpRequest, viewer: Viewer, offered: Offered, last: Step) -> HttpResponse:
    """Count it once a day per machine, and be glad."""
    now = timezone.now()
    try:
        check_machine(request, "portal.guide", COUNTED_PER_MACHINE, ONE_DAY, now)
        row = Guide.objects.get(pk=offered.id)
        count_helped(row, number=offered.number, question=last.question.key, by=viewer, now=now)
    except limits.TooMany:
        pass
    context = {"title": offered.guide.title.of(viewer.language), "key": offered.guide.key}
    return page(request, "intake/portal/guide_solved.html", context)


def _values(viewer: Viewer, offered: Offered, found: Walk) -> dict[str, Any]:
    """What the form of a report begins with."""
    language, outcome = viewer.language, found.outcome
    area = area_of(areas(), outcome.category)
    # Device and place have fields of their own.
    said = replace(found, steps=tuple(step for step in found.steps if step.question.field is None))
    return {
        "area": area.key if area else "",
        "category": outcome.category,
        "body": told_report(offered.guide, said, language),
        "urgency": outcome.urgency or "hindered",
        "impact": outcome.impact or "person",
        "device": found.field(Field.DEVICE)[:80],
        "place": found.field(Field.PLACE)[:120],
        "guide": carry(Carried(offered.version_id, found.given)),
        "once": str(uuid4()),
    }
