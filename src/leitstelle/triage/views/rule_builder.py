"""The page on which a rule is put together: the conditions of saved views, triggers and outcomes.

Everything works by sending the form: each button names what it changes, the answer is the form again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstelle.accounts.policies import agents, require
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.queries import active_services, categories_in_use, impacts, urgencies
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets.labels import CONDITION_COLUMN, CONDITION_PROBLEM, KIND, MATCH, OPERATOR
from leitstelle.tickets.queries.condition_choices import FOUND, Choices, Option
from leitstelle.tickets.queries.people import all_members, teams_in_use
from leitstelle.tickets.rules.columns import OPERATORS, Column
from leitstelle.tickets.rules.drafts import (
    ConditionsDraft,
    conditions_of,
    plain,
    pressed,
    with_conditions,
    with_sent,
)
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.triage.actions import rules as actions
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.labels import OUTCOME, TRIGGER
from leitstelle.triage.models import Rule
from leitstelle.triage.policies import can_manage_rules
from leitstelle.triage.rules.sorting.facts import RULE_COLUMNS
from leitstelle.triage.views.rules import find_rule

FEW_OPTIONS = 10
_NUMBERS = (Outcome.CATEGORY, Outcome.SERVICE, Outcome.TEAM, Outcome.ASSIGNEE, Outcome.WATCHER)


@dataclass(frozen=True, kw_only=True)
class RuleDraft(ConditionsDraft):
    """A rule as it is being put together; `sets` by outcome as it was sent."""

    offered: tuple[Column, ...] = RULE_COLUMNS
    name: str = ""
    triggers: frozenset[str] = frozenset({Trigger.OPENED})
    sets: Mapping[str, str] = field(default_factory=dict)
    stops: bool = False
    version: int = 0


def new_rule(request: HttpRequest) -> HttpResponse:
    """Put a new rule together; it is saved switched off, to be tried first."""
    viewer = viewer_of(request)
    require(can_manage_rules(viewer))
    if request.method == "POST":
        return _builder(request, viewer, None)
    return _page(request, viewer, None, pressed(RuleDraft(), "add-row", ""))


def edit_rule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a rule."""
    viewer = viewer_of(request)
    rule = find_rule(viewer, public_id)
    require(can_manage_rules(viewer))
    if request.method == "POST":
        return _builder(request, viewer, rule)
    return _page(request, viewer, rule, _stored(rule))


def _stored(rule: Rule) -> RuleDraft:
    flags = {
        Trigger.OPENED: rule.on_opening,
        Trigger.CHANGED: rule.on_change,
        Trigger.HANDED_OVER: rule.on_handover,
    }
    sets = {
        Outcome.CATEGORY: rule.category_id,
        Outcome.SERVICE: rule.service_id,
        Outcome.KIND: rule.kind,
        Outcome.IMPACT: rule.impact_id,
        Outcome.URGENCY: rule.urgency_id,
        Outcome.TEAM: rule.team_id,
        Outcome.ASSIGNEE: rule.assignee_id,
        Outcome.WATCHER: rule.watcher_id,
    }
    draft = RuleDraft(
        name=rule.name,
        triggers=frozenset(trigger for trigger, on in flags.items() if on),
        sets={str(key): str(value) for key, value in sets.items() if value},
        stops=rule.stops,
        version=rule.version,
    )
    return with_conditions(draft, read(rule.conditions))


def _sent(data: QueryDict) -> RuleDraft:
    version = data.get("version", "")
    draft = RuleDraft(
        name=plain(data.get("name", ""))[:200],
        triggers=frozenset(one for one in data.getlist("trigger") if one in Trigger.values),
        sets={str(key): value for key in Outcome if (value := plain(data.get(f"set-{key}", ""))[:40])},
        stops=bool(data.get("stops")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
    )
    return with_sent(draft, data)


def _builder(request: HttpRequest, viewer: Viewer, rule: Rule | None) -> HttpResponse:
    """Answer a button of the page: change the draft, or save it."""
    verb, _colon, what = request.POST.get("do", "").partition(":")
    draft = Choices(viewer).settle(pressed(_sent(request.POST), verb, what))
    return _save(request, viewer, rule, draft) if verb == "save" else _page(request, viewer, rule, draft)


def _save(request: HttpRequest, viewer: Viewer, rule: Rule | None, draft: RuleDraft) -> HttpResponse:
    conditions, draft = conditions_of(draft, strict=True)
    if any(row.problem for row in draft.rows):
        errors = {"rows": _("Some conditions are not complete.")}
        return _page(request, viewer, rule, draft, errors=errors, status=422)
    now = timezone.now()
    try:
        new = actions.RuleInput(
            name=draft.name,
            triggers=frozenset(Trigger(one) for one in draft.triggers),
            conditions=conditions,
            sets={Outcome(key): _value(key, value) for key, value in draft.sets.items()},
            stops=draft.stops,
        )
        if rule is None:
            rule = actions.create_rule(new, by=viewer, now=now)
            toast(request, _("Rule saved, but not in use yet. Try it on past tickets, then switch it on."))
        else:
            actions.change_rule(rule, new, by=viewer, now=now, expected=draft.version)
            toast(request, _("Rule saved."))
    except Conflict:
        text = _("Somebody changed this rule meanwhile. What you see is yours; saving again replaces theirs.")
        present = find_rule(viewer, rule.public_id) if rule else None
        draft = replace(draft, version=present.version if present else 0)
        return _page(request, viewer, rule, draft, errors={"": text}, status=409)
    except InvalidInput as error:
        return _page(
            request, viewer, rule, draft, errors=error.fields or {"": error.message}, status=error.status
        )
    return go(request, reverse("triage:rules"))


def _value(key: str, value: str) -> str | int:
    if key not in _NUMBERS:
        return value
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise InvalidInput(fields={key: InvalidInput.default_message})
    return int(value)


def _page(
    request: HttpRequest,
    viewer: Viewer,
    rule: Rule | None,
    draft: RuleDraft,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    choices = Choices(viewer)
    choices.load_names(draft.rows)
    context: dict[str, Any] = {
        "rule": rule,
        "draft": draft,
        "errors": errors or {},
        "is_broken": rule is not None and read(rule.conditions).broken,
        "is_first": request.method == "GET",
        "options": {row.key: choices.of(row) for row in draft.rows},
        "few_options": FEW_OPTIONS,
        "found_columns": FOUND,
        "operators": OPERATORS,
        "column_names": {key: CONDITION_COLUMN[key] for key in RULE_COLUMNS},
        "operator_names": OPERATOR,
        "match_names": MATCH,
        "problem_names": CONDITION_PROBLEM,
        "trigger_names": TRIGGER,
        "outcomes": [(str(key), OUTCOME[key], _outcome_options(key)) for key in Outcome],
    }
    fragment = "triage/_rule_form.html" if request.POST.get("do") != "save" else ""
    return page(request, "triage/rule.html", context, fragment=fragment, status=status)


def _outcome_options(outcome: Outcome) -> list[Option]:
    if outcome is Outcome.CATEGORY:
        return [(str(one.pk), branch_name(one)) for one in categories_in_use()]
    if outcome is Outcome.SERVICE:
        return [(str(one.pk), name_of(one)) for one in active_services()]
    if outcome is Outcome.KIND:
        return list(KIND.items())
    if outcome is Outcome.IMPACT:
        return [(one.key, name_of(one)) for one in impacts()]
    if outcome is Outcome.URGENCY:
        return [(one.key, name_of(one)) for one in urgencies()]
    if outcome is Outcome.TEAM:
        return [(str(one.pk), one.name) for one in teams_in_use()]
    people = all_members() if outcome is Outcome.ASSIGNEE else agents().order_by("sort_name", "pk")
    return [(str(one.pk), one.display_name) for one in people]
