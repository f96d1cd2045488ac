"""Cases with expected results, and lines that are none."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitstelle.calendars.rules.cases import run_cases

# The first twenty are our own of the shared test material; facts, no foreign text.
CASES = Path(__file__).parent / "data" / "service_hours.jsonl"
CALENDAR = {"tz": "Europe/Berlin", "hours": {"mon": [["08:00", "17:00"]]}, "holidays": [], "yearly": []}
CASE = {
    "id": "c",
    "op": "deadline",
    "calendar": CALENDAR,
    "start": "2026-06-08T06:00:00Z",
    "seconds": 60,
    "expected": "2026-06-08T06:01:00Z",
}


@pytest.mark.parametrize(
    "line", CASES.read_text("utf-8").splitlines(), ids=lambda line: json.loads(line)["id"]
)
def test_case(line: str) -> None:
    (outcome,) = run_cases([line])
    assert outcome.error == ""
    assert outcome.ok, outcome


def outcome_of(**changes: Any) -> Any:
    case = {**CASE, **changes}
    (outcome,) = run_cases([json.dumps({key: value for key, value in case.items() if value != "left out"})])
    return outcome


def test_a_wrong_result_is_not_ok_and_shows_what_came() -> None:
    outcome = outcome_of(expected="2026-06-08T06:02:00Z")
    assert not outcome.ok
    assert outcome.as_dict() == {
        "id": "c",
        "expected": "2026-06-08T06:02:00Z",
        "got": "2026-06-08T06:01:00Z",
        "ok": False,
    }


def test_accept_and_tolerance() -> None:
    assert outcome_of(expected="2020-01-01T00:00:00Z", accept=["2026-06-08T06:01:00Z"]).ok
    assert outcome_of(expected="2026-06-08T06:01:30Z", tolerance_s=30).ok
    assert not outcome_of(expected="2026-06-08T06:01:31Z", tolerance_s=30).ok
    assert outcome_of(expected="2026-06-08T08:01:00+02:00").ok


def test_worked_and_open_are_judged_by_their_kind() -> None:
    assert outcome_of(op="worked", end="2026-06-08T07:00:00Z", expected=3600).ok
    assert outcome_of(op="worked", end="2026-06-08T07:00:00Z", expected=3600.0).ok
    assert outcome_of(op="is_open", expected=True).ok
    assert not outcome_of(op="is_open", expected=False).ok
    assert outcome_of(op="is_open", expected=1).error


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"op": "guess"}, "'guess' is not an operation"),
        ({"op": ["deadline"]}, "is not an operation"),
        ({"op": "left out"}, "'op' is missing"),
        ({"calendar": "left out"}, "'calendar' is missing"),
        ({"calendar": []}, "'calendar' has to be an object"),
        ({"calendar": {"hours": {}}}, "'tz' is missing"),
        ({"calendar": {**CALENDAR, "tz": "Europe/Atlantis"}}, "is not a time zone"),
        ({"calendar": {**CALENDAR, "tz": "../etc/passwd"}}, "is not a time zone"),
        ({"calendar": {**CALENDAR, "hours": {"montag": []}}}, "'montag' is not a weekday"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["08:00", "08:00"]]}}}, "has no length"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["22:00", "06:00"]]}}}, "write it as 22:00-30:00"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["24:00", "26:00"]]}}}, "begin before 24:00"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["08:00", "33:00"]]}}}, "longer than 24 hours"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["08:61", "09:00"]]}}}, "not a time of day"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [["08:00"]]}}}, "pairs such as"),
        ({"calendar": {**CALENDAR, "hours": {"mon": "08:00-17:00"}}}, "has to be a list"),
        ({"calendar": {**CALENDAR, "hours": {"mon": [[8, 17]]}}}, "has to be a text"),
        ({"calendar": {**CALENDAR, "holidays": ["2026-02-30"]}}, "is not a date"),
        ({"calendar": {**CALENDAR, "holidays": ["24.12.2026"]}}, "is not a date"),
        ({"calendar": {**CALENDAR, "yearly": ["2026-12-24"]}}, "is not a month and day"),
        ({"calendar": {**CALENDAR, "yearly": ["13-01"]}}, "is not a month and day"),
        ({"calendar": {**CALENDAR, "closed": []}}, "'closed' is not known"),
        ({"start": "yesterday"}, "not a moment"),
        ({"start": 5}, "not a moment"),
        ({"start": "2026-06-08T06:00:00"}, "has no zone"),
        ({"start": "left out"}, "'start' is missing"),
        ({"seconds": "60"}, "'seconds' has to be a number"),
        ({"seconds": -1}, "must not be negative"),
        ({"seconds": True}, "'seconds' has to be a number"),
        ({"seconds": 1e15}, "less service time than asked for"),
        ({"op": "add_days", "days": 1.5}, "whole number"),
        ({"op": "worked", "expected": 0}, "'end' is missing"),
        ({"pauses": [["2026-06-08T06:00:00Z"]]}, "pairs of moments"),
        ({"pauses": [["2026-06-09T06:00:00Z", "2026-06-08T06:00:00Z"]]}, "ends before it begins"),
        ({"expected": "left out"}, "'expected' is missing"),
        ({"expected": 5}, "not a moment"),
        ({"accept": "x"}, "'accept' has to be a list"),
        ({"tolerance_s": "x"}, "'tolerance_s' has to be a number"),
    ],
)
def test_a_malformed_case_names_the_reason(changes: dict[str, Any], reason: str) -> None:
    outcome = outcome_of(**changes)
    assert not outcome.ok
    assert outcome.got is None
    assert reason in outcome.error


@pytest.mark.parametrize(
    "line", ["nonsense", '{"id": 1', "[1, 2]", "null", "\ud800", b"\xff\xfe{}", "[" * 100_000]
)
def test_a_line_that_is_no_case_does_not_stop_the_others(line: Any) -> None:
    good = json.dumps(CASE)
    lines = [good, line, "", good] if isinstance(line, str) else [good.encode(), line, b" \n", good.encode()]
    outcomes = list(run_cases(lines))
    assert [(outcome.line, outcome.ok) for outcome in outcomes] == [(1, True), (2, False), (4, True)]
    assert outcomes[1].error
    assert outcomes[1].as_dict()["line"] == 2


def test_no_result_can_be_expected() -> None:
    closed = {"tz": "Europe/Berlin", "hours": {}}
    assert outcome_of(calendar=closed, expected=None).ok
    refused = outcome_of(calendar=closed)
    assert not refused.ok
    assert "no opening within 100 years" in refused.error


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3)
    ),
    max_leaves=6,
)
KEYS = [
    "op",
    "calendar",
    "start",
    "end",
    "seconds",
    "days",
    "pauses",
    "expected",
    "accept",
    "tolerance_s",
    "id",
]


@settings(max_examples=300, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1, max_size=3),
    calendar=st.dictionaries(
        st.sampled_from(["tz", "hours", "holidays", "yearly", "special", "holiday_set"]), JSON, max_size=2
    ),
    op=st.sampled_from(["deadline", "worked", "is_open", "add_days"]),
)
def test_whatever_a_line_holds_the_next_one_runs(
    changes: dict[str, Any], calendar: dict[str, Any], op: str
) -> None:
    case = {
        **CASE,
        "op": op,
        "end": CASE["start"],
        "days": 3,
        "calendar": {**CALENDAR, **calendar},
        **changes,
    }
    outcomes = list(run_cases([json.dumps(case), json.dumps(CASE)]))
    assert len(outcomes) == 2
    assert outcomes[1].ok
    json.dumps(outcomes[0].as_dict())
