"""The rules of the house: their order, switching, history, deleting."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leitstelle.accounts.policies import require
from leitstelle.kernel.errors import InvalidInput, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets.queries.condition_choices import Choices
from leitstelle.triage.actions import rules as actions
from leitstelle.triage.models import Rule
from leitstelle.triage.policies import can_manage_rules, can_see_figures, visible_rules
from leitstelle.triage.queries.rules import history_of, rules_told, told
from leitstelle.triage.queries.sorting import with_outcomes


@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules in the order in which they count."""
    viewer = viewer_of(request)
    require(can_see_figures(viewer))
    moved = request.GET.get("moved", "")
    now = timezone.now()
    today = now.astimezone(ZoneInfo(viewer.time_zone)).date()
    context = {
        "rules": rules_told(viewer, now),
        "may_edit": can_manage_rules(viewer),
        "moved": moved,
        "trial_begin": (today - timedelta(days=30)).isoformat(),
        "trial_end": today.isoformat(),
    }
    return page(request, "triage/rules.html", context)


def find_rule(viewer: Viewer, public_id: UUID) -> Rule:
    """Return a rule with what it sets; raises `NotFound`."""
    rule = with_outcomes(visible_rules(viewer)).filter(public_id=public_id).first()
    if rule is None:
        raise NotFound
    return rule


@require_POST
def switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a rule count (`active=1`), or not."""
    viewer = viewer_of(request)
    rule = find_rule(viewer, public_id)
    active = request.POST.get("active") == "1"
    try:
        actions.switch_rule(rule, active, by=viewer, now=timezone.now())
    except InvalidInput as error:
        toast(request, next(iter(error.fields.values()), error.message), "warn")
    else:
        toast(request, _("The rule counts from now on.") if active else _("The rule is switched off."))
    return go(request, reverse("triage:rules"))


@require_POST
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move a rule one place up or down; the focus stays on its button."""
    viewer = viewer_of(request)
    rule = find_rule(viewer, public_id)
    direction = "up" if request.POST.get("direction") == "up" else "down"
    actions.move_rule(rule, -1 if direction == "up" else 1, by=viewer, now=timezone.now())
    return go(request, f"{reverse('triage:rules')}?moved={direction}-{rule.public_id}")


@require_GET
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the rule was, since when, and by whom."""
    viewer = viewer_of(request)
    rule = find_rule(viewer, public_id)
    context = {
        "rule": rule,
        "told": told(rule, Choices(viewer)),
        "versions": history_of(rule, viewer),
        "may_edit": can_manage_rules(viewer),
    }
    return page(request, "triage/rule_history.html", context)


@require_GET
def rule_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from a journal entry, which knows the rule's key, to its page."""
    rule = visible_rules(viewer_of(request)).filter(pk=pk).first()
    if rule is None:
        raise NotFound
    return go(request, reverse("triage:rule-history", args=[rule.public_id]))


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete a rule after asking."""
    viewer = viewer_of(request)
    rule = find_rule(viewer, public_id)
    require(can_manage_rules(viewer))
    if request.method == "POST":
        actions.delete_rule(rule, by=viewer, now=timezone.now())
        toast(request, _("Rule deleted. Tickets keep what it did."))
        return go(request, reverse("triage:rules"))
    return page(request, "triage/rule_delete.html", {"told": told(rule, Choices(viewer))})
