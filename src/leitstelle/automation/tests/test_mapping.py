"""The mapping of reports: paths, templates, conditions, and what is wrong with them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.automation.rules.mapping import (
    LONGEST,
    Fault,
    NotReadable,
    faults_of_conditions,
    faults_of_template,
    filled,
    holds,
    read,
    value_at,
)

ALERT = {
    "status": "firing",
    "alerts": [{"labels": {"alertname": "DiskFull", "host": "db-01", "mount_point": "/var"}, "value": 97}],
    "tags": ["prod", "linux"],
    "acknowledged": False,
    "empty": "",
    "nothing": None,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("status", "firing"),
        ("alerts[0].labels.host", "db-01"),
        ("alerts[0].value", 97),
        ("alerts[1].value", None),
        ("status.deeper", None),
        ("status[0]", None),
        ("alerts.labels", None),
        ("missing", None),
    ],
)
def test_paths_go_by_names_and_places(path: str, found: object) -> None:
    assert value_at(ALERT, path) == found


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{alerts[0].labels.alertname} on {alerts[0].labels.host}", "DiskFull on db-01"),
        ("{missing|empty|nothing|status}", "firing"),
        ("{missing}", ""),
        ("{tags}", "prod, linux"),
        ("{acknowledged}", "false"),
        ("{{literal}} {status}", "{literal} firing"),
        ("{ status }", "firing"),
        ("no path", "no path"),
    ],
)
def test_templates_are_filled(template: str, text: str) -> None:
    assert faults_of_template(template) == []
    assert filled(template, ALERT) == text


def test_objects_are_written_as_json() -> None:
    assert json.loads(filled("{alerts[0].labels}", ALERT)) == ALERT["alerts"][0]["labels"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("conditions", "hold"),
    [
        ("", True),
        ("status = firing", True),
        ("status == FIRING", True),
        ("status != resolved\nalerts[0].value = 97", True),
        ("status = resolved", False),
        ("status = firing\nalerts[0].labels.host != db-01", False),
        ("missing =", True),
        ("missing != x", True),
    ],
)
def test_conditions_must_all_hold(conditions: str, hold: bool) -> None:
    assert faults_of_conditions(conditions) == []
    assert holds(conditions, ALERT) is hold


def test_faults_name_their_line() -> None:
    assert faults_of_template("fine {status}\n{open") == [Fault("unbalanced", 2)]
    assert faults_of_template("{a b}") == [Fault("path", 1, "a b")]
    assert faults_of_template("{}") == [Fault("path", 1, "")]
    assert faults_of_conditions("status = x\n\nno comparison") == [Fault("comparison", 3)]
    assert faults_of_conditions("a b = 1") == [Fault("path", 1, "a b")]


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"null", b'"x"', b"\xff\xfe", b"{", b'{"a":' * 60 + b"1" + b"}" * 60]
)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadable):
        read(body)


@given(report=st.dictionaries(st.text(max_size=8), JSON, max_size=5), template=st.text(max_size=80))
def test_any_template_over_any_report_gives_bounded_text(report: dict[str, object], template: str) -> None:
    text = filled(template, report)
    assert len(text) <= LONGEST
    assert isinstance(holds(template, report), bool)
    faults_of_template(template)
    faults_of_conditions(template)
