"""Lists and shows agreements, ends and restores them, and tells which one applies to a ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.accounts.policies import require
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Priority
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.sla import actions
from leitstelle.sla.choices import PROMISED, Metric
from leitstelle.sla.forms import ScopeForm
from leitstelle.sla.labels import METRIC
from leitstelle.sla.models import Agreement, AgreementVersion, TicketClock
from leitstelle.sla.policies import can_edit_agreements, visible_agreements
from leitstelle.sla.queries import category_paths
from leitstelle.sla.queries.previews import (
    differences,
    pauses_in_words,
    previews,
    promised_by,
    step_in_words,
    target_in_words,
)
from leitstelle.sla.queries.which import in_force, judged
from leitstelle.sla.queries.words import scope_words, why_words
from leitstelle.sla.rules.precedence import Case


def visible_or_404(viewer: Viewer, public_id: UUID) -> Agreement:
    """The agreement, where the viewer sees it; raises `NotFound`."""
    rows = visible_agreements(viewer).select_related(
        "organisation", "contract", "category", "service", "priority"
    )
    agreement = rows.filter(public_id=public_id).first()
    if agreement is None:
        raise NotFound
    return agreement


@require_GET
def agreement_list(request: HttpRequest) -> HttpResponse:
    """All agreements that the viewer sees, the most general first."""
    viewer, now = viewer_of(request), timezone.now()
    require(viewer.is_agent)
    agreements = visible_agreements(viewer).select_related(
        "organisation", "contract", "category", "service", "priority"
    )
    rows = sorted(agreements.prefetch_related("versions__calendar"), key=_generality)
    context = {
        "rows": [(row, scope_words(row), in_force(row, now)) for row in rows],
        "can": {"edit": can_edit_agreements(viewer)},
    }
    return page(request, "sla/agreements.html", context)


def _generality(agreement: Agreement) -> tuple[bool, int, str]:
    named = (
        agreement.organisation_id,
        agreement.category_id,
        agreement.service_id,
        agreement.kind,
        agreement.priority_id,
    )
    return not agreement.is_active, sum(map(bool, named)), agreement.name


@require_GET
def agreement_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One agreement: its targets, when a ticket would be due now, and every version with what it changed."""
    viewer, now = viewer_of(request), timezone.now()
    agreement = visible_or_404(viewer, public_id)
    versions = list(agreement.versions.select_related("calendar").order_by("-valid_from", "-number"))
    version = in_force(agreement, now)
    if version is None:
        raise NotFound
    older = dict(zip(versions, versions[1:], strict=False))
    open_clocks = TicketClock.objects.filter(version__agreement=agreement, stopped_at=None)
    columns = list(PROMISED)
    context = {
        "agreement": agreement,
        "scope": scope_words(agreement),
        "version": version,
        "pauses": pauses_in_words(version),
        "columns": [METRIC[metric] for metric in columns],
        "matrix": _matrix(version, columns),
        "internal": _internal(version),
        "steps": [
            (METRIC[one.metric], one.percent, step_in_words(one))
            for one in version.steps.select_related("team", "endpoint")
        ],
        "previews": previews(promised_by(version), columns, now),
        "versions": [(row, differences(older[row], row) if row in older else []) for row in versions],
        "open": open_clocks.values("ticket").distinct().count(),
        "can": {"edit": can_edit_agreements(viewer)},
    }
    return page(request, "sla/agreement.html", context)


def _matrix(version: AgreementVersion, columns: list[Metric]) -> list[tuple[int, str, list[str]]]:
    targets = {
        (one.metric, one.priority_id): one
        for one in version.targets.select_related("calendar").filter(level=None)
    }
    return [
        (
            row.pk,
            name_of(row),
            [
                target_in_words(targets[metric, row.pk]) if (metric, row.pk) in targets else ""
                for metric in columns
            ],
        )
        for row in Priority.objects.all()
    ]


def _internal(version: AgreementVersion) -> list[tuple[str, str, str]]:
    """Internal targets: level, priority, amount."""
    targets = version.targets.filter(level__isnull=False).select_related("level", "priority", "calendar")
    return [
        (name_of(one.level), f"P{one.priority_id} {name_of(one.priority)}", target_in_words(one))
        for one in targets.order_by("level__order", "level", "priority")
        if one.level is not None
    ]


@require_POST
def agreement_standing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End an agreement (`to=ended`), or restore it."""
    viewer, now = viewer_of(request), timezone.now()
    agreement = visible_or_404(viewer, public_id)
    if request.POST.get("to") == "ended":
        actions.end_agreement(agreement, by=viewer, now=now)
        toast(request, _("Agreement ended"))
    else:
        actions.restore_agreement(agreement, by=viewer, now=now)
        toast(request, _("Agreement restored"))
    return go(request, reverse("sla:agreement", args=[agreement.public_id]))


@require_GET
def agreement_which(request: HttpRequest) -> HttpResponse:
    """Which agreement would apply to a ticket opened now, and why."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_edit_agreements(viewer))
    form = ScopeForm(request.GET or None, viewer=viewer)
    context: dict[str, Any] = {"form": form, "judged": [], "columns": [METRIC[metric] for metric in PROMISED]}
    if request.GET and form.is_valid():
        context.update(_judged(_case(form), now))
    return page(request, "sla/which.html", context, fragment="sla/_which.html")


def _case(form: ScopeForm) -> Case:
    asked = form.cleaned_data
    organisation = asked["organisation"].pk if asked["organisation"] else None
    category = category_paths().get(str(asked["category"]), "") if asked["category"] else ""
    service = asked["service"].pk if asked["service"] else None
    return Case(organisation, category, asked["kind"], asked["priority"] or 0, service)


def _judged(case: Case, now: datetime) -> dict[str, Any]:
    rows, best, version = judged(case, now)
    return {
        "judged": [(row, scope_words(row), why_words(one), one is best) for row, one in rows],
        "previews": [
            row
            for row in (previews(promised_by(version), list(PROMISED), now) if version is not None else [])
            if case.priority in (0, row.rank)
        ],
    }
