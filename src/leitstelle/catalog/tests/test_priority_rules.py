"""Pure rules of priorities: which matrix counts, what raises, what contradicts. No database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leitstelle.catalog import choices, rules
from leitstelle.catalog.rules import Case, Layer, MatrixVersion, Modifier, Scope

AT = datetime(2026, 5, 1, tzinfo=UTC)
IMPACTS = [key for key, *_names in choices.IMPACTS]
URGENCIES = [key for key, *_names in choices.URGENCIES]
HOUSE = Layer(Scope(), (MatrixVersion(1, 1, choices.SINCE_EVER, choices.MATRIX),))
CELL = ("person", "hindered")


def layer(pk: int, rank: int, *, organisation: int | None = None, category: int | None = None) -> Layer:
    version = MatrixVersion(pk, 1, AT, {CELL: rank})
    return Layer(Scope(organisation, category), (version,))


def test_the_more_special_scope_decides_a_cell_that_it_names() -> None:
    branch, deeper = layer(2, 2, category=10), layer(3, 1, category=11)
    customer, both = layer(4, 4, organisation=7), layer(5, 2, organisation=7, category=10)
    layers = [both, customer, deeper, branch, HOUSE]
    assert rules.effective([HOUSE], (), AT)[CELL] == (3, 1)
    assert rules.effective([branch, HOUSE], (), AT)[CELL] == (3, 1)
    assert rules.effective([branch, HOUSE], (10,), AT)[CELL] == (2, 2)
    assert rules.effective([deeper, branch, HOUSE], (10, 11), AT)[CELL] == (1, 3)
    assert rules.effective([customer, deeper, branch, HOUSE], (10, 11), AT)[CELL] == (4, 4)
    assert rules.effective(layers, (10, 11), AT)[CELL] == (2, 5)
    assert rules.effective(layers, (10, 11), AT)["group", "hindered"] == (2, 1)


def test_a_planned_version_waits_and_an_empty_one_says_nothing() -> None:
    first = MatrixVersion(1, 1, AT, {CELL: 2})
    planned = MatrixVersion(2, 2, AT + timedelta(days=5), {CELL: 1}, is_planned=True)
    empty = MatrixVersion(3, 3, AT + timedelta(days=9), {}, is_planned=True)
    own = Layer(Scope(7), (first, planned, empty))
    found = [
        rules.effective([HOUSE, own], (), AT + timedelta(days=days)).get(CELL) for days in (0, 4, 5, 9, 20)
    ]
    assert found == [(2, 1), (2, 1), (1, 2), (3, 1), (3, 1)]


def test_gaps_and_contradictions_are_found() -> None:
    assert rules.missing_cells({CELL: 1}, ["person", "group"], ["hindered"]) == [("group", "hindered")]
    assert rules.contradictions(choices.MATRIX, IMPACTS, URGENCIES) == []
    wrong = {**choices.MATRIX, ("group", "hindered"): 4}
    assert [(one.milder, one.worse) for one in rules.contradictions(wrong, IMPACTS, URGENCIES)] == [
        (("person", "hindered"), ("group", "hindered")),
        (("group", "can_wait"), ("group", "hindered")),
    ]


def test_modifiers_raise_in_their_order_and_within_their_caps() -> None:
    vip = Modifier(1, 1, steps=1, cap=2, for_vip=True)
    security = Modifier(2, 2, floor=2, categories=frozenset({20}))
    customer = Modifier(3, 3, steps=2, organisation_id=7)
    everything = (customer, security, vip)
    assert rules.raised(3, everything, Case("person", "hindered")) == (3, ())
    vip_case = Case("person", "hindered", is_vip=True)
    assert rules.raised(3, everything, vip_case) == (2, (rules.Step(1, 3, 2),))
    assert rules.raised(2, everything, vip_case) == (2, ())
    both = Case("person", "can_wait", branch=(20, 21), is_vip=True)
    assert rules.raised(4, everything, both) == (2, (rules.Step(1, 4, 3), rules.Step(2, 3, 2)))
    assert rules.raised(1, everything, both) == (1, ())
    assert rules.raised(4, everything, Case("group", "hindered", organisation_id=7))[0] == 2


modifiers = st.builds(
    Modifier,
    id=st.integers(1, 50),
    order=st.integers(1, 9),
    steps=st.integers(0, 3),
    floor=st.none() | st.integers(1, 4),
    cap=st.integers(1, 4),
    for_vip=st.booleans(),
)


@given(st.integers(1, 4), st.lists(modifiers, max_size=6), st.booleans())
def test_no_modifier_ever_lowers_and_the_steps_are_a_chain(
    rank: int, given_modifiers: list[Modifier], is_vip: bool
) -> None:
    after, steps = rules.raised(rank, given_modifiers, Case("person", "hindered", is_vip=is_vip))
    assert 1 <= after <= rank
    chain = [rank, *(step.after for step in steps)]
    assert chain == sorted(chain, reverse=True)
    assert [step.before for step in steps] == chain[:-1]
    assert chain[-1] == after


@given(st.integers(1, 4), st.lists(modifiers, max_size=4))
def test_what_a_ticket_keeps_reads_back_as_it_was(base: int, given_modifiers: list[Modifier]) -> None:
    _rank, steps = rules.raised(base, given_modifiers, Case("person", "hindered", is_vip=True))
    basis = rules.Basis(5, base, steps)
    assert rules.Basis.read(basis.stored()) == basis
    assert rules.Basis.read({}) is None
