"""Rules that would undo each other, and rules that never hold: found before they are saved, by the rules alone."""

from collections.abc import Mapping, Sequence

from leitstelle.tickets.rules.columns import Column, Operator
from leitstelle.tickets.rules.conditions import Condition, Match
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.rules.sorting.engine import WAKES, SortingRule
from leitstelle.triage.rules.sorting.matching import Branches, value_fits

_COLUMN_OF: Mapping[Outcome, Column] = {
    Outcome.CATEGORY: Column.CATEGORY,
    Outcome.SERVICE: Column.SERVICE,
    Outcome.KIND: Column.KIND,
    Outcome.IMPACT: Column.IMPACT,
    Outcome.URGENCY: Column.URGENCY,
    Outcome.TEAM: Column.TEAM,
    Outcome.ASSIGNEE: Column.ASSIGNEE,
}
_MOST = 200


def ring(rules: Sequence[SortingRule], branches: Branches) -> tuple[SortingRule, ...]:
    """Return rules that wake each other in a circle and set a field to different values; empty where none do.

    Only rules that wait for changes can wake each other. Cautious: what it names might not happen to any ticket, but
    the rules contradict each other.
    """
    waiting = [rule for rule in rules if Trigger.CHANGED in rule.triggers][:_MOST]
    wakes = {one.id: [other for other in waiting if _wakes(one, other, branches)] for one in waiting}
    for start in waiting:
        found = _circle(start, wakes)
        if found and _contradict(found):
            return found
    return ()


def _circle(start: SortingRule, wakes: Mapping[int, Sequence[SortingRule]]) -> tuple[SortingRule, ...]:
    """Return the shortest way from a rule back to itself."""
    seen = {start.id}
    ways: list[tuple[SortingRule, ...]] = [(start,)]
    while ways:
        further: list[tuple[SortingRule, ...]] = []
        for way in ways:
            for other in wakes[way[-1].id]:
                if other.id == start.id:
                    return way
                if other.id not in seen:
                    seen.add(other.id)
                    further.append((*way, other))
        ways = further
    return ()


def _contradict(rules: Sequence[SortingRule]) -> bool:
    values: dict[Outcome, set[object]] = {}
    for rule in rules:
        for outcome, value in rule.sets.items():
            if outcome is not Outcome.WATCHER:
                values.setdefault(outcome, set()).add(value)
    return any(len(wanted) > 1 for wanted in values.values())


def _wakes(one: SortingRule, other: SortingRule, branches: Branches) -> bool:
    """Whether what `one` sets is what `other` waits for: it sets a field that `other` asks for, to a fitting value."""
    if one.id == other.id or not WAKES & set(one.sets):
        return False
    asked = [row for row in _plain_rows(other) if _sets(one, row)]
    if not asked:
        return False
    fits = [value_fits(row, _value(one, row), branches) for row in asked]
    return any(fits) if other.conditions.match is Match.ANY else all(fits)


def _plain_rows(rule: SortingRule) -> list[Condition]:
    return [row for row in rule.conditions.rows if isinstance(row, Condition)]


def _sets(rule: SortingRule, row: Condition) -> bool:
    return any(_COLUMN_OF.get(outcome) is row.column for outcome in rule.sets)


def _value(rule: SortingRule, row: Condition) -> str | int | None:
    return next(value for outcome, value in rule.sets.items() if _COLUMN_OF.get(outcome) is row.column)


def impossible(rule: SortingRule, branches: Branches) -> Column | None:
    """Return the column on which the conditions contradict each other so that no ticket fits, else `None`."""
    if rule.conditions.match is Match.ANY:
        return None
    rows = _plain_rows(rule)
    for column in dict.fromkeys(row.column for row in rows if row.column in _COLUMN_OF.values()):
        of_column = [row for row in rows if row.column is column]
        named = [row for row in of_column if row.operator is Operator.IN and isinstance(row.value, tuple)]
        if any(row.operator is Operator.EMPTY for row in of_column) and (
            named or any(row.operator is Operator.FILLED for row in of_column)
        ):
            return column
        if named and not any(
            all(value_fits(row, value, branches) for row in of_column)
            for value in _candidates(named, branches)
        ):
            return column
    return None


def _candidates(named: Sequence[Condition], branches: Branches) -> set[str | int | None]:
    found: set[str | int | None] = set()
    for row in named:
        for value in row.value if isinstance(row.value, tuple) else ():
            found.add(None if value == "nobody" else value)
            if row.column is Column.CATEGORY and isinstance(value, int):
                found |= branches.get(value, frozenset())
    return found
