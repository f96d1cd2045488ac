"""Rules as people read them: what they ask for and set, in words; their history and how often they acted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leitstelle.accounts.models import Person, Team
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.labels import CONDITION_COLUMN, OPERATOR
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.condition_choices import Choices
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.rules.columns import Shape, shape_of
from leitstelle.tickets.rules.conditions import Condition, Conditions, Group, Match
from leitstelle.tickets.rules.drafts import RowDraft
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.labels import OUTCOME, RULE_FIELD, TRIGGER
from leitstelle.triage.models import DryRun, Routing, Rule, RuleVersion
from leitstelle.triage.policies import visible_rule_versions, visible_rules
from leitstelle.triage.queries.sorting import with_outcomes
from leitstelle.triage.queries.words import value_name

RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Told:
    """A rule in words: when, for which tickets, what it sets. `unusable` names outcomes that are out of use."""

    rule: Rule
    when: list[str | Promise]
    asks: list[str]
    any_of: bool
    sets: list[tuple[str | Promise, str]]
    unusable: list[str | Promise]
    acted: int = 0
    last: datetime | None = None
    broken: bool = False


def rules_told(viewer: Viewer, now: datetime) -> list[Told]:
    """Return all rules in their order, with how often they acted in the last 30 days."""
    rows = list(with_outcomes(visible_rules(viewer)))
    acted = {
        row["rule_id"]: (row["count"], row["last"])
        for row in Routing.objects.filter(rule__in=rows, at__gte=now - RECENT)
        .values("rule_id")
        .annotate(count=Count("pk"), last=Max("at"))
    }
    choices = Choices(viewer)
    return [told(row, choices, *acted.get(row.pk, (0, None))) for row in rows]


def told(rule: Rule, choices: Choices, acted: int = 0, last: datetime | None = None) -> Told:
    """Return a rule in words."""
    flags = {
        Trigger.OPENED: rule.on_opening,
        Trigger.CHANGED: rule.on_change,
        Trigger.HANDED_OVER: rule.on_handover,
    }
    conditions = read(rule.conditions)
    parts = {
        Outcome.CATEGORY: rule.category,
        Outcome.SERVICE: rule.service,
        Outcome.TEAM: rule.team,
        Outcome.ASSIGNEE: rule.assignee,
        Outcome.WATCHER: rule.watcher,
    }
    return Told(
        rule=rule,
        when=[TRIGGER[trigger] for trigger, on in flags.items() if on],
        asks=asked_in_words(conditions, choices),
        any_of=conditions.match is Match.ANY,
        sets=sets_in_words(rule),
        unusable=[OUTCOME[key] for key, row in parts.items() if row is not None and not row.is_active],
        acted=acted,
        last=last,
        broken=conditions.broken,
    )


def sets_in_words(rule: Rule) -> list[tuple[str | Promise, str]]:
    """Return what a rule sets: field and value."""
    values: dict[Outcome, str] = {
        Outcome.CATEGORY: value_name("category", str(rule.category_id)) if rule.category_id else "",
        Outcome.SERVICE: value_name("service", str(rule.service_id)) if rule.service_id else "",
        Outcome.KIND: value_name("kind", rule.kind) if rule.kind else "",
        Outcome.IMPACT: value_name("impact", str(rule.impact_id)) if rule.impact_id else "",
        Outcome.URGENCY: value_name("urgency", str(rule.urgency_id)) if rule.urgency_id else "",
        Outcome.TEAM: rule.team.name if rule.team else "",
        Outcome.ASSIGNEE: rule.assignee.display_name if rule.assignee else "",
        Outcome.WATCHER: rule.watcher.display_name if rule.watcher else "",
    }
    return [(OUTCOME[key], value) for key, value in values.items() if value]


def asked_in_words(conditions: Conditions, choices: Choices) -> list[str]:
    """Return one line per condition or group."""
    flat = [one for row in conditions.rows for one in (row.rows if isinstance(row, Group) else (row,))]
    choices.load_names([_draft(one) for one in flat])
    lines = []
    for row in conditions.rows:
        if isinstance(row, Group):
            word = _("or") if row.match is Match.ANY else _("and")
            lines.append(f" {word} ".join(_in_words(one, choices) for one in row.rows))
        else:
            lines.append(_in_words(row, choices))
    return lines


def _draft(condition: Condition) -> RowDraft:
    values = tuple(map(str, condition.value)) if isinstance(condition.value, tuple) else ()
    return RowDraft("", condition.column, condition.operator, values)


def _in_words(condition: Condition, choices: Choices) -> str:
    head = f"{CONDITION_COLUMN[condition.column]} {OPERATOR[condition.operator]}"
    if shape_of(condition.operator) is Shape.NOTHING:
        return head
    if isinstance(condition.value, tuple):
        names = {code: str(name) for code, name in choices.of(_draft(condition))}
        return f"{head}: {', '.join(names.get(str(one), str(one)) for one in condition.value)}"
    return f"{head}: {condition.value}"


@dataclass(frozen=True)
class Former:
    """A version of a rule in words, with what differs from the one before it."""

    version: RuleVersion
    name: str
    active: bool
    changed: list[str | Promise]
    asks: list[str]
    sets: list[tuple[str | Promise, str]]


def history_of(rule: Rule, viewer: Viewer, limit: int = 50) -> list[Former]:
    """Return a rule's versions, newest first, each compared with the one before."""
    rows = list(visible_rule_versions(viewer).filter(rule=rule).select_related("by")[: limit + 1])
    choices, names = Choices(viewer), _names_of_versions(rows)
    found = []
    for index, row in enumerate(rows[:limit]):
        before = rows[index + 1].data if index + 1 < len(rows) else None
        found.append(_former(row, before, choices, names))
    return found


def _former(
    row: RuleVersion,
    before: Mapping[str, Any] | None,
    choices: Choices,
    names: Mapping[str, Mapping[int, str]],
) -> Former:
    from_fields = RULE_FIELD if before is not None else {}
    changed = [
        name
        for key, name in from_fields.items()
        if before is not None and row.data.get(key) != before.get(key)
    ]
    data = row.data
    values: dict[Outcome, str] = {
        Outcome.CATEGORY: value_name("category", str(data["category_id"])) if data.get("category_id") else "",
        Outcome.SERVICE: value_name("service", str(data["service_id"])) if data.get("service_id") else "",
        Outcome.KIND: value_name("kind", data["kind"]) if data.get("kind") else "",
        Outcome.IMPACT: value_name("impact", data["impact_id"]) if data.get("impact_id") else "",
        Outcome.URGENCY: value_name("urgency", data["urgency_id"]) if data.get("urgency_id") else "",
        Outcome.TEAM: names["team"].get(data.get("team_id") or 0, ""),
        Outcome.ASSIGNEE: names["person"].get(data.get("assignee_id") or 0, ""),
        Outcome.WATCHER: names["person"].get(data.get("watcher_id") or 0, ""),
    }
    return Former(
        version=row,
        name=str(data.get("name", "")),
        active=bool(data.get("is_active")),
        changed=list(dict.fromkeys(changed)),
        asks=asked_in_words(read(data.get("conditions")), choices),
        sets=[(OUTCOME[key], value) for key, value in values.items() if value],
    )


def _names_of_versions(rows: Iterable[RuleVersion]) -> dict[str, dict[int, str]]:
    people, teams = set(), set()
    for row in rows:
        people |= {row.data.get("assignee_id"), row.data.get("watcher_id")}
        teams.add(row.data.get("team_id"))
    return {"person": people_called(people), "team": teams_called(teams)}


def people_called(ids: Iterable[int | None]) -> dict[int, str]:
    """Return names of colleagues by id."""
    wanted = [pk for pk in ids if pk]
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "display_name")) if wanted else {}


def teams_called(ids: Iterable[int | None]) -> dict[int, str]:
    """Return names of teams by id, those out of use too."""
    wanted = {pk for pk in ids if pk}
    known = {team.pk: team.name for team in teams_in_use() if team.pk in wanted}
    missing = wanted - known.keys()
    return known | dict(Team.objects.filter(pk__in=missing).values_list("pk", "name")) if missing else known


def outcome_in_words(field: str, code: str) -> str:
    """Return field and value of what was set, without asking for people: who got a ticket is said elsewhere."""
    name = str(OUTCOME[field])
    if field in (Outcome.ASSIGNEE, Outcome.WATCHER) or not code:
        return name
    if field == Outcome.TEAM:
        return f"{name} {teams_called([int(code)]).get(int(code), '')}".strip()
    return f"{name} {value_name(field, code)}"


@dataclass(frozen=True)
class Difference:
    """One line of a dry run: what the ticket came in with, what a rule would set, what it has now."""

    ticket: Ticket
    field: str | Promise
    before: str
    after: str
    now: str
    same: bool
    rule: str


def differences_of(run: DryRun, viewer: Viewer, limit: int = 100) -> list[Difference]:
    """Return the first differences of a dry run, on tickets the viewer still sees."""
    rows: Sequence[Sequence[Any]] = run.rows[:limit]
    tickets = visible_tickets(viewer).in_bulk({row[0] for row in rows})
    names = _value_names(rows)
    rules = dict(visible_rules(viewer).values_list("pk", "name"))
    return [
        Difference(
            ticket=tickets[pk],
            field=OUTCOME[field],
            before=names(field, before),
            after=names(field, after),
            now=names(field, has) if field != Outcome.WATCHER else "",
            same=has == after and field != Outcome.WATCHER,
            rule=rules.get(rule_id, ""),
        )
        for pk, field, before, after, has, rule_id in rows
        if pk in tickets
    ]


def _value_names(rows: Sequence[Sequence[Any]]) -> Any:
    ids: dict[str, set[int]] = defaultdict(set)
    for _pk, field, *values, _rule in rows:
        ids[field] |= {one for one in values if isinstance(one, int)}
    people = people_called(ids[Outcome.ASSIGNEE] | ids[Outcome.WATCHER])
    teams = teams_called(ids[Outcome.TEAM])

    def name(field: str, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if field in (Outcome.ASSIGNEE, Outcome.WATCHER):
            return people.get(value, "–")
        return teams.get(value, "–") if field == Outcome.TEAM else value_name(field, str(value))

    return name
