"""The engine of rules without a database: conditions, order, chains, loops."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.kernel.search.linguistics.folding import fold
from leitstelle.tickets.rules.columns import Column
from leitstelle.tickets.rules.conditions import Conditions, Group, Match, make
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.rules.sorting.engine import MOST_ROUNDS, House, SortingRule, decide
from leitstelle.triage.rules.sorting.facts import Facts
from leitstelle.triage.rules.sorting.matching import holds
from leitstelle.triage.rules.sorting.rings import impossible, ring

TREE = {1: frozenset({1, 2, 3}), 2: frozenset({2}), 3: frozenset({3}), 4: frozenset({4})}
HOUSE = House(TREE, {10: 1, 20: 2}, lambda facts: 1 if facts.impact == "business" else 3)
FACTS = Facts(
    kind="incident", category=None, impact="person", urgency="hindered", priority=3, team=10, level=1,
    assignee=None, organisation=5, requester=6, channel="mail", language="de", subject="vpn geht nicht",
    text=fold("VPN geht nicht\nAnyConnect meldet Zeitüberschreitung"), sender="eva@werk.example.org",
    mailboxes=frozenset({"it@desk.example"}), device="nb-4711",
)  # fmt: skip
OPENED, CHANGED = Trigger.OPENED, Trigger.CHANGED


def on(*rows: tuple[str, str, list[Any]], match: Match = Match.ALL) -> Conditions:
    return Conditions(match, tuple(make(*row) for row in rows))


def rule(
    number: int, conditions: Conditions, *triggers: Trigger, stops: bool = False, **sets: Any
) -> SortingRule:
    return SortingRule(
        id=number,
        version=1,
        name=f"R{number}",
        triggers=frozenset(triggers or {OPENED}),
        conditions=conditions,
        sets={Outcome(key): value for key, value in sets.items()},
        stops=stops,
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("words", "contains", ["AnyConnect"]), True),
        (("words", "contains", ["Zeitüberschreitung"]), True),
        (("words", "contains", ["drucker, VPN"]), True),
        (("words", "contains", ["drucker, toner"]), False),
        (("words", "lacks", ["drucker, toner"]), True),
        (("words", "lacks", ["drucker, vpn"]), False),
        (("subject", "contains", ["anyconnect"]), False),
        (("sender", "contains", ["EVA@"]), True),
        (("sender_domain", "is", ["example.org"]), True),
        (("sender_domain", "is", ["@werk.example.org"]), True),
        (("sender_domain", "is", ["k.example.org"]), False),
        (("sender_domain", "is_not", ["andere.example"]), True),
        (("mailbox", "is", ["IT@desk.example"]), True),
        (("mailbox", "is", ["it"]), False),
        (("device", "contains", ["NB-"]), True),
        (("vip", "yes", []), False),
        (("vip", "no", []), True),
        (("category", "empty", []), True),
        (("category", "in", [1]), False),
        (("category", "not_in", [1]), True),
        (("assignee", "in", ["nobody"]), True),
        (("priority", "in", [1, 3]), True),
        (("channel", "not_in", ["mail"]), False),
    ],
)
def test_a_condition_holds_or_not(row: tuple[str, str, list[Any]], expected: bool) -> None:
    assert holds(on(row), FACTS, TREE) is expected


def test_categories_hold_with_what_lies_below_them_and_groups_count_as_one() -> None:
    facts = replace(FACTS, category=3)
    assert holds(on(("category", "in", [1])), facts, TREE)
    group = Group(Match.ANY, (make("channel", "in", ["phone"]), make("words", "contains", ["vpn"])))
    assert holds(Conditions(Match.ALL, (make("kind", "in", ["incident"]), group)), facts, TREE)
    assert not holds(Conditions(Match.ALL, (make("kind", "in", ["request"]), group)), facts, TREE)
    assert not holds(Conditions(broken=True), facts, TREE)
    assert holds(Conditions(), facts, TREE)


def test_rules_act_in_order_and_the_first_to_set_a_field_has_it() -> None:
    vpn = rule(1, on(("words", "contains", ["vpn"])), team=20, category=2)
    mail = rule(2, on(("channel", "in", ["mail"])), team=10, urgency="stopped")
    decision = decide([vpn, mail], FACTS, OPENED, HOUSE)
    assert [step.rule.id for step in decision.steps] == [1, 2]
    assert decision.steps[1].taken == (Outcome.TEAM,)
    assert decision.facts is not None
    assert (decision.facts.team, decision.facts.level, decision.facts.urgency) == (20, 2, "stopped")


def test_a_rule_that_stops_lets_no_later_one_look_not_even_for_changes() -> None:
    first = rule(1, on(("words", "contains", ["vpn"])), category=2, stops=True)
    later = rule(2, on(), OPENED, CHANGED, urgency="stopped")
    assert [step.rule.id for step in decide([first, later], FACTS, OPENED, HOUSE).steps] == [1]


def test_what_a_person_chose_stays_and_is_named() -> None:
    decision = decide([rule(1, on(), category=2, team=20)], FACTS, OPENED, HOUSE, {Outcome.CATEGORY})
    step = decision.steps[0]
    assert step.kept == (Outcome.CATEGORY,)
    assert [change.field for change in step.changes] == [Outcome.TEAM]


def test_what_a_rule_changed_wakes_rules_that_wait_for_changes() -> None:
    sort = rule(1, on(("words", "contains", ["vpn"])), category=2)
    place = rule(2, on(("category", "in", [1])), CHANGED, team=20)
    decision = decide([place, sort], FACTS, OPENED, HOUSE)
    assert [(step.rule.id, step.trigger) for step in decision.steps] == [(1, OPENED), (2, CHANGED)]
    assert not decision.cut


def test_impact_moves_the_priority_that_later_rules_see() -> None:
    widen = rule(1, on(), impact="business")
    alarm = rule(2, on(("priority", "in", [1])), team=20)
    decision = decide([widen, alarm], FACTS, OPENED, HOUSE)
    assert decision.facts is not None
    assert (decision.facts.priority, decision.facts.team) == (1, 20)


def test_a_long_chain_is_cut_and_says_so() -> None:
    # Each waits for what the one after it in the order sets, so that a round lets only one of them act.
    chain = [
        rule(4, on(("urgency", "in", ["stopped"])), CHANGED, team=20),
        rule(3, on(("impact", "in", ["group"])), CHANGED, urgency="stopped"),
        rule(2, on(("kind", "in", ["request"])), CHANGED, impact="group"),
        rule(1, on(("category", "in", [2])), CHANGED, kind="request"),
        rule(5, on(), OPENED, category=2),
    ]
    decision = decide(chain, FACTS, OPENED, HOUSE)
    assert decision.cut
    assert len(decision.steps) == MOST_ROUNDS


def test_rules_that_undo_each_other_are_found_and_others_are_not() -> None:
    there = rule(1, on(("category", "in", [2])), CHANGED, category=4)
    back = rule(2, on(("category", "in", [4])), CHANGED, category=2)
    assert {one.id for one in ring([there, back], TREE)} == {1, 2}
    assert not ring([there], TREE)
    assert not ring([there, replace(back, triggers=frozenset({OPENED}))], TREE)
    round_about = [
        there,
        rule(3, on(("category", "in", [4])), CHANGED, kind="request"),
        rule(4, on(("kind", "in", ["request"])), CHANGED, category=2),
    ]
    assert {one.id for one in ring(round_about, TREE)} == {1, 3, 4}


def test_conditions_no_ticket_can_meet_are_found() -> None:
    assert (
        impossible(rule(1, on(("kind", "in", ["incident"]), ("kind", "in", ["request"]))), TREE)
        is Column.KIND
    )
    assert (
        impossible(rule(1, on(("category", "empty", []), ("category", "in", [1]))), TREE) is Column.CATEGORY
    )
    assert impossible(rule(1, on(("category", "in", [1]), ("category", "not_in", [2]))), TREE) is None
    assert (
        impossible(rule(1, on(("category", "in", [2]), ("category", "not_in", [1]))), TREE) is Column.CATEGORY
    )
    either = on(("kind", "in", ["incident"]), ("kind", "in", ["request"]), match=Match.ANY)
    assert impossible(rule(1, either), TREE) is None


VALUES: dict[str, list[Any]] = {
    "category": [2, 4],
    "kind": ["incident", "request"],
    "urgency": ["stopped", "hindered"],
    "team": [10, 20],
}


@st.composite
def any_rule(draw: st.DrawFn, number: int) -> SortingRule:
    column = draw(st.sampled_from(sorted(VALUES)))
    row = (column, draw(st.sampled_from(["in", "not_in"])), [draw(st.sampled_from(VALUES[column]))])
    field = draw(st.sampled_from(sorted(VALUES)))
    triggers = draw(st.sets(st.sampled_from([OPENED, CHANGED]), min_size=1))
    return rule(number, on(row), *triggers, **{field: draw(st.sampled_from(VALUES[field]))})


@given(st.integers(1, 6).flatmap(lambda count: st.tuples(*(any_rule(number) for number in range(count)))))
def test_whatever_the_rules_it_ends_and_each_rule_and_field_acts_once(rules: tuple[SortingRule, ...]) -> None:
    decision = decide(rules, FACTS, OPENED, HOUSE)
    acted = [step.rule.id for step in decision.steps]
    fields = [change.field for step in decision.steps for change in step.changes]
    assert len(acted) == len(set(acted))
    assert len(fields) == len(set(fields))
    assert decision == decide(rules, FACTS, OPENED, HOUSE)
