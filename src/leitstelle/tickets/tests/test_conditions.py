"""Conditions of saved views: what is kept is what was meant, and nothing stored can break a list."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.tickets.rules.columns import OPERATORS, WORDS, Column, Operator, Shape, shape_of
from leitstelle.tickets.rules.conditions import (
    MOST_ROWS,
    Condition,
    Conditions,
    Group,
    Match,
    NotUsable,
    Problem,
    make,
)
from leitstelle.tickets.rules.kept_conditions import read, stored
from leitstelle.tickets.rules.spans import span

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@st.composite
def conditions_of_one(draw: st.DrawFn) -> Condition:
    column = draw(st.sampled_from(list(Column)))
    operator = draw(st.sampled_from(OPERATORS[column]))
    shape = shape_of(operator)
    values: list[Any] = []
    if shape is Shape.LIST and column in WORDS:
        ids = st.one_of(st.integers(1, 2**63 - 1), st.sampled_from([*sorted(WORDS[column]), 7]))
        values = draw(st.lists(ids, min_size=1, max_size=8))
    elif shape is Shape.LIST:
        values = draw(st.lists(st.sampled_from(["new", "open", "mail", "incident"]), min_size=1))
    elif shape is Shape.NUMBER:
        values = [draw(st.integers(1, 3650))]
    elif shape is Shape.DAY:
        values = [draw(st.dates(datetime(1900, 1, 1).date(), datetime(9000, 1, 1).date())).isoformat()]  # noqa: DTZ001
    elif shape is Shape.TEXT:
        values = [
            draw(
                st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip)
            )[:100].strip()
            or "x"
        ]
    return make(column, operator, values)


ROWS = st.lists(
    st.one_of(
        conditions_of_one(),
        st.builds(
            Group, st.sampled_from(Match), st.lists(conditions_of_one(), min_size=1, max_size=2).map(tuple)
        ),
    ),
    max_size=5,
)


@given(st.sampled_from(Match), ROWS.map(tuple))
def test_stored_conditions_come_back_as_they_were(match: Match, rows: tuple[Condition | Group, ...]) -> None:
    conditions = Conditions(match, rows)
    assert read(stored(conditions)) == conditions


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "column": st.one_of(st.sampled_from([str(one) for one in Column]), JSON),
        "operator": st.one_of(st.sampled_from([str(one) for one in Operator]), JSON),
        "value": JSON,
        "match": st.one_of(st.sampled_from(["all", "any"]), JSON),
        "rows": JSON,
    },
)


@given(
    st.one_of(
        JSON,
        st.fixed_dictionaries(
            {"version": st.sampled_from([1, 2, None]), "match": JSON, "rows": st.lists(ROW, max_size=4)}
        ),
    )
)
def test_reading_anything_never_raises(data: Any) -> None:
    conditions = read(data)
    assert read(stored(conditions)).rows == conditions.rows


def test_what_is_not_understood_breaks_the_whole_view_instead_of_widening_it() -> None:
    known = {"column": "priority", "operator": "in", "value": [1]}
    unknown = {"column": "moon", "operator": "in", "value": ["full"]}
    assert not read({"version": 1, "match": "all", "rows": [known]}).broken
    assert read({"version": 1, "match": "all", "rows": [known, unknown]}).broken
    assert read({"version": 1, "match": "all", "rows": [{"match": "any", "rows": [unknown]}]}).broken
    assert read({"version": 2, "match": "all", "rows": [known]}).broken
    assert read({"version": 1, "match": "all", "rows": [known] * (MOST_ROWS + 1)}).broken


@pytest.mark.parametrize(
    ("column", "operator", "values", "problem"),
    [
        ("priority", "overdue", [], Problem.UNKNOWN),
        ("moon", "in", [1], Problem.UNKNOWN),
        ("priority", "in", [], Problem.VALUE_MISSING),
        ("subject", "contains", ["  "], Problem.VALUE_MISSING),
        ("priority", "in", ["P1"], Problem.VALUE_WRONG),
        ("created", "last_days", ["0"], Problem.VALUE_WRONG),
        ("created", "from", ["31.12.2026"], Problem.VALUE_WRONG),
        ("subject", "contains", ["a\x00"], Problem.VALUE_WRONG),
        ("team", "in", ["me"], Problem.VALUE_WRONG),
        ("team", "in", list(range(1, 60)), Problem.TOO_MANY),
    ],
)
def test_conditions_that_make_no_sense_say_why(
    column: str, operator: str, values: list[Any], problem: Problem
) -> None:
    with pytest.raises(NotUsable) as refused:
        make(column, operator, values)
    assert refused.value.problem is problem


def test_today_is_the_day_of_the_viewer_also_when_clocks_change() -> None:
    today = Condition(Column.CREATED, Operator.TODAY)
    start, end = span(today, NOW, BERLIN)
    assert start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end is not None
    assert end - start == timedelta(hours=23)
    tokyo = span(today, NOW, ZoneInfo("Asia/Tokyo"))
    assert tokyo[0] == datetime(2026, 3, 28, 15, tzinfo=UTC)


def test_spans_of_relative_and_absolute_times() -> None:
    assert span(make("created", "last_days", [2]), NOW, BERLIN) == (NOW - timedelta(days=2), None)
    assert span(make("updated", "older_days", [2]), NOW, BERLIN) == (None, NOW - timedelta(days=2))
    assert span(make("due", "overdue", []), NOW, BERLIN) == (None, NOW)
    assert span(make("due", "within_hours", ["4"]), NOW, BERLIN) == (NOW, NOW + timedelta(hours=4))
    assert span(make("created", "before", ["2026-01-01"]), NOW, BERLIN) == (
        None,
        datetime(2025, 12, 31, 23, tzinfo=UTC),
    )
