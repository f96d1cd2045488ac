"""Dry runs: started for one rule or all, gone on with step by step, shown as differences."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts.policies import require
from leitstelle.kernel.errors import InvalidInput, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.triage.actions.trying import MOST_TICKETS, go_on_dry_run, start_dry_run
from leitstelle.triage.models import DryRun
from leitstelle.triage.policies import can_see_figures, visible_dry_runs
from leitstelle.triage.queries.rules import differences_of
from leitstelle.triage.views.rules import find_rule

SHOWN = 100


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a dry run over the days `begin` to `end` (both included, in the viewer's zone)."""
    viewer = viewer_of(request)
    require(can_see_figures(viewer))
    wanted = request.POST.get("rule", "")
    rule = find_rule(viewer, _uuid(wanted)) if wanted else None
    now = timezone.now()
    try:
        begin, end = _period(request, viewer)
        run = start_dry_run(rule, begin, end, by=viewer, now=now)
    except InvalidInput:
        toast(request, _("Please give a period: a first and a last day."), "warn")
        return go(request, reverse("triage:rules"))
    return go(request, reverse("triage:rule-trial", args=[run.public_id]))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _period(request: HttpRequest, viewer: Viewer) -> tuple[datetime, datetime]:
    zone = ZoneInfo(viewer.time_zone)
    try:
        first = date.fromisoformat(request.POST.get("begin", ""))
        last = date.fromisoformat(request.POST.get("end", ""))
        begin = datetime.combine(first, time(), zone).astimezone(UTC)
        return begin, datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput from None


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a dry run found so far; sending the form looks at the next tickets."""
    viewer = viewer_of(request)
    require(can_see_figures(viewer))
    run = visible_dry_runs(viewer).select_related("rule").filter(public_id=public_id).first()
    if run is None:
        raise NotFound
    if request.method == "POST":
        run = go_on_dry_run(run, by=viewer, now=timezone.now())
    return page(request, "triage/rule_trial.html", _context(run, viewer), fragment="triage/_rule_trial.html")


def _context(run: DryRun, viewer: Viewer) -> dict[str, object]:
    shown = differences_of(run, viewer, SHOWN)
    return {
        "run": run,
        "counts": run.counts,
        "differences": shown,
        "more": run.counts.get("set", 0) - len(shown),
        "most": MOST_TICKETS,
        "last_day": run.ends_at - timedelta(seconds=1),
    }
