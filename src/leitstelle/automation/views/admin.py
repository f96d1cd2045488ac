"""Administration of webhooks: settings, address and secret, what came in, and what the mapping makes of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.policies import can_administer
from leitstelle.automation.actions import (
    HookInput,
    change_hook,
    create_hook,
    drop_former_secret,
    make_secret,
    replay_report,
)
from leitstelle.automation.choices import ReportState
from leitstelle.automation.forms import HookForm, TrialForm
from leitstelle.automation.labels import REPORT_REASON, REPORT_STATE
from leitstelle.automation.models import HookReport, InboundHook
from leitstelle.automation.policies import visible_hooks
from leitstelle.automation.queries import reports_of, sample_of
from leitstelle.automation.rules.drafting import Draft, draft_of
from leitstelle.automation.rules.mapping import NotReadable, read
from leitstelle.catalog.queries import categories_in_use
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.crud import Column, Crud

REPORTS_SHOWN = 20
BODY_SHOWN = 4000
MAPPED = (
    *("version", "name", "subject", "text", "matter", "requester", "device", "only_when", "over_when"),
    *("resolves", "impact", "urgency", "is_active"),
)
AGAIN = (ReportState.MALFORMED, ReportState.IGNORED)


def _input(data: dict[str, Any]) -> HookInput:
    category = next((row for row in categories_in_use() if row.pk == data["category"]), None)
    values = {name: value for name, value in data.items() if name != "version"}
    return HookInput(**(values | {"category": category}))


def _create(viewer: Viewer, data: dict[str, Any]) -> InboundHook:
    return create_hook(_input(data), by=viewer, now=timezone.now())


def _update(viewer: Viewer, hook: InboundHook, data: dict[str, Any]) -> InboundHook:
    return change_hook(hook, _input(data), version=data["version"] or 0, by=viewer, now=timezone.now())


def _state(hook: InboundHook) -> str:
    if not hook.is_active:
        return _("switched off")
    return _("takes reports") if hook.secret_at else _("has no secret yet")


hooks = Crud(
    name="automation:hooks",
    title=gettext_lazy("Incoming webhooks"),
    new=gettext_lazy("New incoming webhook"),
    form=HookForm,
    rows=lambda viewer: visible_hooks(viewer).select_related("team"),
    columns=[
        Column(gettext_lazy("Name"), lambda hook: hook.name),
        Column(gettext_lazy("Team"), lambda hook: hook.team.name if hook.team else "", opt=True),
        Column(gettext_lazy("State"), _state),
    ],
    allowed=can_administer,
    create=_create,
    update=_update,
    order=("name", "pk"),
    initial=lambda hook: (
        {name: getattr(hook, name) for name in MAPPED}
        | {"organisation": hook.organisation_id, "team": hook.team_id, "category": hook.category_id}
    ),
    archived=lambda hook: not hook.is_active,
    beside=lambda hook: [
        (_("Connection and reports"), reverse("automation:hook-reports", args=[hook.public_id]))
    ],
)


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how a webhook is connected and what came in: "secret" makes a new one, "drop" ends the one before, "again"
    takes a report once more, "try" shows what the mapping makes of a pasted report.
    """
    viewer = viewer_of(request)
    if not can_administer(viewer):
        raise NotAllowed
    hook = get_object_or_404(visible_hooks(viewer), public_id=public_id)
    step = request.POST.get("step", "")
    if step == "secret":
        return _show(request, hook, TrialForm(), secret=make_secret(hook, by=viewer, now=timezone.now()))
    if step == "drop":
        drop_former_secret(hook, by=viewer, now=timezone.now())
        return go(request, request.path)
    if step == "again":
        report = _chosen(hook, request.POST.get("report", ""))
        if report is not None:
            done = replay_report(report, hook, by=viewer, now=timezone.now())
            toast(request, str(REPORT_STATE[done.state]))
        return go(request, request.path)
    if step == "try":
        return _tried(request, hook)
    return _show(request, hook, TrialForm())


def _chosen(hook: InboundHook, text: str) -> HookReport | None:
    try:
        return sample_of(hook, UUID(text))
    except ValueError:
        return None


def _tried(request: HttpRequest, hook: InboundHook) -> HttpResponse:
    form = TrialForm(request.POST)
    if form.is_valid():
        draft = _draft(hook, form.cleaned_data["report"].encode())
        if draft is not None:
            return _show(request, hook, form, draft=draft)
        form.add_error("report", _("This is no JSON object."))
    return _show(request, hook, form, status=422)


def _draft(hook: InboundHook, body: bytes) -> dict[str, Any] | None:
    try:
        return _worded(draft_of(hook, read(body)))
    except NotReadable:
        return None


def _worded(draft: Draft) -> dict[str, Any]:
    if not draft.is_wanted:
        outcome = REPORT_STATE[ReportState.IGNORED]
    elif draft.is_over:
        outcome = REPORT_STATE[ReportState.ENDED]
    else:
        outcome = _("a ticket, or a note on the open one about the same")
    return asdict(draft) | {"outcome": outcome}


def _show(
    request: HttpRequest,
    hook: InboundHook,
    form: TrialForm,
    *,
    secret: str = "",
    draft: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "hook": hook,
        "address": request.build_absolute_uri(reverse("automation:hook", args=[hook.public_id])),
        "secret": secret,
        "former_until": _ahead(hook.former_until),
        "form": form,
        "draft": draft,
        "reports": [_shown(hook, report) for report in reports_of(hook, REPORTS_SHOWN)],
    }
    return page(request, "automation/hook_reports.html", context, status=status)


def _ahead(moment: datetime | None) -> datetime | None:
    """A moment, as long as it lies ahead."""
    return moment if moment is not None and moment > timezone.now() else None


def _shown(hook: InboundHook, report: HookReport) -> dict[str, Any]:
    body = bytes(report.body)
    return {
        "report": report,
        "state": REPORT_STATE[report.state],
        "reason": REPORT_REASON.get(report.reason, report.reason),
        "sent": body[:BODY_SHOWN].decode("utf-8", "replace"),
        "draft": _draft(hook, body),
        "again": report.state in AGAIN,
    }
