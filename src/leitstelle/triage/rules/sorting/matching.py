"""Whether conditions hold for the facts of one ticket. The same words as saved views, without a database."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from leitstelle.kernel.search.linguistics.folding import fold
from leitstelle.tickets.rules.columns import NOBODY, Column, Operator
from leitstelle.tickets.rules.conditions import Condition, Conditions, Match, folded
from leitstelle.triage.rules.sorting.facts import Facts

# For each category the ids of itself and everything below it.
Branches = Mapping[int, frozenset[int]]


def holds(conditions: Conditions, facts: Facts, branches: Branches) -> bool:
    """Return whether the conditions hold; broken ones never do, none at all always."""
    if conditions.broken:
        return False
    return folded(conditions, lambda one: _condition(one, facts, branches), _joined)


def _joined(match: Match, answers: list[bool]) -> bool:
    if not answers:
        return True
    return any(answers) if match is Match.ANY else all(answers)


def _condition(condition: Condition, facts: Facts, branches: Branches) -> bool:
    text = _TEXTS.get(condition.column)
    if text is not None:
        found = any(text(facts, part) for part in alternatives(str(condition.value)))
        return found is (condition.operator in (Operator.CONTAINS, Operator.IS))
    if condition.column is Column.VIP:
        return facts.vip is (condition.operator is Operator.YES)
    return value_fits(condition, _VALUES[condition.column](facts), branches)


def value_fits(condition: Condition, value: str | int | None, branches: Branches) -> bool:
    """Return whether a condition on a column of values (not texts) holds for `value`."""
    if condition.operator is Operator.EMPTY:
        return value is None
    if condition.operator is Operator.FILLED:
        return value is not None
    return (value in _wanted(condition, branches)) is (condition.operator is Operator.IN)


def _wanted(condition: Condition, branches: Branches) -> frozenset[str | int | None]:
    values = condition.value if isinstance(condition.value, tuple) else ()
    if condition.column is Column.CATEGORY:
        return frozenset().union(*(branches.get(int(one), frozenset({int(one)})) for one in values))
    return frozenset(None if one == NOBODY else one for one in values)


@lru_cache(maxsize=2048)
def alternatives(value: str) -> tuple[str, ...]:
    """Return the texts of which one is enough: separated by commas, folded."""
    return tuple(folded for part in value.split(",") if (folded := fold(part.strip())))


def _of_domain(facts: Facts, domain: str) -> bool:
    own = facts.sender.rpartition("@")[2]
    wanted = domain.removeprefix("@")
    return bool(own) and (own == wanted or own.endswith(f".{wanted}"))


_TEXTS: Mapping[Column, Callable[[Facts, str], bool]] = {
    Column.WORDS: lambda facts, part: part in facts.text,
    Column.SUBJECT: lambda facts, part: part in facts.subject,
    Column.SENDER: lambda facts, part: part in facts.sender,
    Column.SENDER_DOMAIN: _of_domain,
    Column.MAILBOX: lambda facts, part: part in facts.mailboxes,
    Column.DEVICE: lambda facts, part: part in facts.device,
}
_VALUES: Mapping[Column, Callable[[Facts], str | int | None]] = {
    Column.CHANNEL: lambda facts: facts.channel,
    Column.ORGANISATION: lambda facts: facts.organisation,
    Column.REQUESTER: lambda facts: facts.requester,
    Column.LANGUAGE: lambda facts: facts.language,
    Column.CATEGORY: lambda facts: facts.category,
    Column.SERVICE: lambda facts: facts.service,
    Column.KIND: lambda facts: facts.kind,
    Column.IMPACT: lambda facts: facts.impact,
    Column.URGENCY: lambda facts: facts.urgency,
    Column.PRIORITY: lambda facts: facts.priority,
    Column.TEAM: lambda facts: facts.team,
    Column.LEVEL: lambda facts: facts.level,
    Column.ASSIGNEE: lambda facts: facts.assignee,
}
