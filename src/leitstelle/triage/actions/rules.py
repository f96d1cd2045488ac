"""Rules that sort tickets: made, changed, switched, moved, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from leitstelle.accounts.models import Person, Team, TeamMembership
from leitstelle.accounts.policies import require
from leitstelle.catalog.models import Category, Impact, Service, Urgency
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Kind
from leitstelle.tickets.labels import CONDITION_COLUMN
from leitstelle.tickets.rules.conditions import Conditions, every_condition
from leitstelle.tickets.rules.kept_conditions import stored
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.errors import (
    NoOutcome,
    NotOfTeam,
    NoTrigger,
    RuleNeverHolds,
    RulesLoop,
    TooManyRules,
    UnknownValue,
)
from leitstelle.triage.events import RuleDeleted, RulesArranged, RuleSaved
from leitstelle.triage.models import Rule, RuleVersion
from leitstelle.triage.policies import can_manage_rules
from leitstelle.triage.queries.sorting import KIND, all_branches, as_sorting, with_outcomes
from leitstelle.triage.rules.sorting.facts import RULE_COLUMNS
from leitstelle.triage.rules.sorting.rings import impossible, ring

MOST_RULES = 300
_FLAGS = {
    Trigger.OPENED: "on_opening",
    Trigger.CHANGED: "on_change",
    Trigger.HANDED_OVER: "on_handover",
}
# Outcomes that point at rows: column, table, what must hold for a row to be chosen.
_ROWS: Mapping[Outcome, tuple[str, Any, dict[str, Any]]] = {
    Outcome.CATEGORY: ("category_id", Category, {"is_active": True}),
    Outcome.SERVICE: ("service_id", Service, {"is_active": True}),
    Outcome.IMPACT: ("impact_id", Impact, {}),
    Outcome.URGENCY: ("urgency_id", Urgency, {}),
    Outcome.TEAM: ("team_id", Team, {"is_active": True}),
    Outcome.ASSIGNEE: ("assignee_id", Person, {"is_active": True}),
    Outcome.WATCHER: ("watcher_id", Person, {"is_active": True}),
}


@dataclass(frozen=True, kw_only=True)
class RuleInput:
    """What a rule is to be. `sets` by outcome: ids and codes."""

    name: str
    triggers: frozenset[Trigger]
    conditions: Conditions
    sets: Mapping[Outcome, str | int] = field(default_factory=dict)
    stops: bool = False


@unit()
def create_rule(new: RuleInput, *, by: Viewer, now: datetime, active: bool = False) -> Rule:
    """Make a rule at the end of the order. Administrators. Records `RuleSaved`.

    Raises `InvalidInput` and its kinds (`NoTrigger`, `NoOutcome`, `UnknownValue`, `NotOfTeam`, `RuleNeverHolds`,
    `RulesLoop`, `TooManyRules`), `NotAllowed`.
    """
    require(can_manage_rules(by))
    if Rule.objects.count() >= MOST_RULES:
        raise TooManyRules(most=MOST_RULES)
    last = Rule.objects.aggregate(last=Max("position"))["last"] or 0
    rule = Rule(position=last + 1, updated_at=now, is_active=active, **_columns(new))
    _check(rule)
    rule.save()
    _keep(rule, by=by, now=now)
    _record(rule, "made", sorted(_data(rule)), by=by, now=now)
    return rule


@unit()
def change_rule(
    rule: Rule, new: RuleInput, *, by: Viewer, now: datetime, expected: int | None = None
) -> Rule:
    """Change a rule; tickets keep what it did. Administrators. Records `RuleSaved` with what changed.

    `expected` is the version the person saw. Raises as `create_rule`, and `Conflict`.
    """
    require(can_manage_rules(by))
    before = _data(rule)
    columns = _columns(new)
    seen = rule.version if expected is None else expected
    wanted = Rule(pk=rule.pk, position=rule.position, is_active=rule.is_active, **columns)
    _check(wanted)
    if not Rule.objects.filter(pk=rule.pk, version=seen).update(
        **columns, version=F("version") + 1, updated_at=now
    ):
        raise Conflict()
    rule.refresh_from_db()
    after = _data(rule)
    changed = sorted(key for key in after if after[key] != before.get(key))
    _keep(rule, by=by, now=now)
    _record(rule, "changed", changed, by=by, now=now)
    return rule


@unit()
def switch_rule(rule: Rule, active: bool, *, by: Viewer, now: datetime) -> Rule:
    """Let a rule count, or not. Administrators. Records `RuleSaved`; raises as `create_rule` when switched on."""
    require(can_manage_rules(by))
    if rule.is_active is active:
        return rule
    rule.is_active = active
    if active:
        _check(rule)
    Rule.objects.filter(pk=rule.pk).update(is_active=active, version=F("version") + 1, updated_at=now)
    rule.refresh_from_db()
    _keep(rule, by=by, now=now)
    _record(rule, "on" if active else "off", ["is_active"], by=by, now=now)
    return rule


@unit()
def move_rule(rule: Rule, by_places: int, *, by: Viewer, now: datetime) -> None:
    """Move a rule up (negative) or down in the order. Administrators. Records `RulesArranged`."""
    require(can_manage_rules(by))
    order = list(Rule.objects.order_by("position", "pk").values_list("pk", flat=True))
    before = order.index(rule.pk)
    order.insert(min(max(before + by_places, 0), len(order) - 1), order.pop(before))
    after = order.index(rule.pk)
    if after == before:
        return
    for place, pk in enumerate(order, start=1):
        Rule.objects.filter(pk=pk).exclude(position=place).update(position=place)
    record(
        RulesArranged(before=before + 1, after=after + 1),
        subject=Subject(KIND, rule.pk),
        actor=by.actor,
        at=now,
    )


@unit()
def delete_rule(rule: Rule, *, by: Viewer, now: datetime) -> None:
    """Delete a rule with its history; tickets keep what it did. Administrators. Records `RuleDeleted`."""
    require(can_manage_rules(by))
    record(RuleDeleted(), subject=Subject(KIND, rule.pk), actor=by.actor, at=now)
    rule.delete()


def _columns(new: RuleInput) -> dict[str, Any]:
    name = new.name.strip()
    if not name or len(name) > 120 or "\x00" in name:
        raise InvalidInput(fields={"name": InvalidInput.default_message})
    if not new.triggers:
        raise NoTrigger()
    if not new.sets and not new.stops:
        raise NoOutcome()
    if new.conditions.broken:
        raise InvalidInput(fields={"rows": InvalidInput.default_message})
    if any(row.column not in RULE_COLUMNS for row in every_condition(new.conditions)):
        raise InvalidInput(fields={"rows": InvalidInput.default_message})
    columns: dict[str, Any] = {flag: trigger in new.triggers for trigger, flag in _FLAGS.items()}
    columns |= {column: _row(new, outcome) for outcome, (column, _table, _must) in _ROWS.items()}
    return columns | {
        "name": name,
        "conditions": stored(new.conditions),
        "kind": _kind(new),
        "stops": new.stops,
    }


def _row(new: RuleInput, outcome: Outcome) -> Any:
    value = new.sets.get(outcome)
    if value is None:
        return None
    _column, table, must = _ROWS[outcome]
    if not table.objects.filter(pk=value, **must).exists():
        raise UnknownValue(fields={str(outcome): UnknownValue.default_message})
    return value


def _kind(new: RuleInput) -> str:
    value = str(new.sets.get(Outcome.KIND, ""))
    if value and value not in Kind.values:
        raise UnknownValue(fields={"kind": UnknownValue.default_message})
    return value


def _check(rule: Rule) -> None:
    """Refuse what contradicts itself or other active rules."""
    if rule.team_id and rule.assignee_id:
        members = TeamMembership.objects.filter(team_id=rule.team_id, person_id=rule.assignee_id)
        if not members.exists():
            raise NotOfTeam(fields={"assignee": NotOfTeam.default_message})
    branches, wanted = all_branches(), as_sorting(rule)
    column = impossible(wanted, branches)
    if column is not None:
        raise RuleNeverHolds(column=str(CONDITION_COLUMN[column]))
    if not rule.is_active:
        return
    others = with_outcomes(Rule.objects.filter(is_active=True).exclude(pk=rule.pk))
    found = ring([wanted, *map(as_sorting, others)], branches)
    if wanted.id in {one.id for one in found}:
        raise RulesLoop(rules=", ".join(one.name for one in found if one.id != wanted.id))


def _data(rule: Rule) -> dict[str, Any]:
    """What a version keeps of a rule."""
    columns = ["name", "is_active", "conditions", "kind", "stops", *_FLAGS.values()]
    columns += [column for column, _table, _must in _ROWS.values()]
    return {column: getattr(rule, column) for column in columns}


def _keep(rule: Rule, *, by: Viewer, now: datetime) -> None:
    RuleVersion.objects.create(rule=rule, number=rule.version, at=now, by_id=by.person_id, data=_data(rule))


def _record(rule: Rule, verb: str, fields: list[str], *, by: Viewer, now: datetime) -> None:
    data = RuleSaved(verb=verb, number=rule.version, fields=tuple(fields))
    record(data, subject=Subject(KIND, rule.pk), actor=by.actor, at=now)
