"""What ordered rules do to one ticket: a pure function from facts to steps, for live tickets and for dry runs.

How it ends: each rule acts at most once; of several rules that want to set a field, the first does, and none sets what
a person chose. What rules changed may concern rules that wait for changes: they look again, `MOST_ROUNDS` times at
most. No event that a rule causes starts rules anew.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leitstelle.tickets.rules.conditions import Conditions, every_condition
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.rules.sorting.facts import Facts
from leitstelle.triage.rules.sorting.matching import Branches, holds

MOST_ROUNDS = 3
Value = str | int | None
# What rules that wait for changes look at again.
WAKES = frozenset({Outcome.CATEGORY, Outcome.SERVICE, Outcome.KIND, Outcome.IMPACT, Outcome.URGENCY})


@dataclass(frozen=True, kw_only=True)
class SortingRule:
    """A rule as the engine knows it. `sets` by outcome; `levels` of teams come with them."""

    id: int
    version: int
    name: str
    triggers: frozenset[Trigger]
    conditions: Conditions
    sets: Mapping[Outcome, Value]
    stops: bool = False


@dataclass(frozen=True)
class Change:
    """A field, its value before, and the one a rule set."""

    field: Outcome
    before: Value
    after: Value


@dataclass(frozen=True)
class Step:
    """One rule that acted, or would have: `kept` names what it wanted to set but a person, `taken` but an earlier
    rule had set."""

    rule: SortingRule
    trigger: Trigger
    changes: tuple[Change, ...]
    kept: tuple[Outcome, ...] = ()
    taken: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Decision:
    """All steps in order. `cut`: rules still wanted to look at the ticket after the last round."""

    steps: tuple[Step, ...] = ()
    facts: Facts | None = None
    cut: bool = False


@dataclass(frozen=True)
class House:
    """What the engine asks about values: branches of categories, levels of teams, the priority that facts lead to, and
    the service after another category was set (facts before and after).
    """

    branches: Branches
    levels: Mapping[int, int]
    rank: Callable[[Facts], int]
    service: Callable[[Facts, Facts], int | None] = lambda before, _after: before.service


@dataclass
class _Run:
    rules: Sequence[SortingRule]
    house: House
    chosen: Collection[Outcome]
    acted: set[int] = field(default_factory=set)
    owners: dict[Outcome, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def decide(
    rules: Sequence[SortingRule],
    facts: Facts,
    trigger: Trigger,
    house: House,
    chosen: Collection[Outcome] = frozenset(),
) -> Decision:
    """Return what the rules do when `trigger` happens to a ticket; `chosen` are the fields that people have set."""
    run = _Run(rules, house, chosen)
    looking: Trigger | None = trigger
    rounds = 0
    while looking is not None and rounds < MOST_ROUNDS:
        facts, changed, stopped = _round(run, facts, looking)
        rounds += 1
        looking = Trigger.CHANGED if changed & WAKES and not stopped else None
    cut = looking is not None and any(
        rule.id not in run.acted
        and Trigger.CHANGED in rule.triggers
        and holds(rule.conditions, facts, house.branches)
        for rule in rules
    )
    return Decision(tuple(run.steps), facts, cut)


def _round(run: _Run, facts: Facts, trigger: Trigger) -> tuple[Facts, set[Outcome], bool]:
    """Let every rule of the trigger look once, in order; later ones see what earlier ones changed."""
    changed: set[Outcome] = set()
    for rule in run.rules:
        if trigger not in rule.triggers or rule.id in run.acted:
            continue
        if not holds(rule.conditions, facts, run.house.branches):
            continue
        run.acted.add(rule.id)
        step = _step(run, rule, facts, trigger)
        run.steps.append(step)
        facts = _after(facts, step.changes, run.house)
        changed |= {change.field for change in step.changes}
        if rule.stops:
            return facts, changed, True
    return facts, changed, False


def _step(run: _Run, rule: SortingRule, facts: Facts, trigger: Trigger) -> Step:
    changes, kept, taken = [], [], []
    for outcome, after in rule.sets.items():
        before = value_of(facts, outcome)
        if outcome is not Outcome.WATCHER and before == after:
            run.owners.setdefault(outcome, rule.id)
        elif outcome in run.chosen:
            kept.append(outcome)
        elif outcome in run.owners and outcome is not Outcome.WATCHER:
            taken.append(outcome)
        else:
            run.owners[outcome] = rule.id
            changes.append(Change(outcome, before, after))
    return Step(rule, trigger, tuple(changes), tuple(kept), tuple(taken))


def value_of(facts: Facts, outcome: Outcome) -> Value:
    """Return what the ticket has in the field; nobody is known to watch."""
    value: Value = getattr(facts, outcome, None)
    return value


def _after(facts: Facts, changes: Sequence[Change], house: House) -> Facts:
    values = {str(change.field): change.after for change in changes if change.field is not Outcome.WATCHER}
    if not values:
        return facts
    after = replace(facts, **values)  # type: ignore[arg-type]
    if "team" in values and after.team is not None:
        level = house.levels.get(after.team, after.level)
        # Who worked in the former team is not in this one, unless the rule says so.
        after = replace(after, level=level, assignee=after.assignee if "assignee" in values else None)
    if "category" in values and "service" not in values:
        after = replace(after, service=house.service(facts, after))
    if values.keys() & {"impact", "urgency", "category", "service"}:
        after = replace(after, priority=house.rank(after))
    return after


def columns_asked(rules: Sequence[SortingRule]) -> frozenset[str]:
    """Return the columns that any of the rules looks at: nothing else needs to be known of a ticket."""
    return frozenset(str(one.column) for rule in rules for one in every_condition(rule.conditions))
