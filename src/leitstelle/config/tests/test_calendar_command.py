"""`leitstelle calendar …` as a script calls it."""

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from leitstelle import calendars
from leitstelle.config.cli import main

pytestmark = pytest.mark.processes

CASES = Path(calendars.__file__).parent / "tests" / "data" / "service_hours.jsonl"
HOURS = ["--hours", "Mo-Fr 08:00-17:00", "--tz", "Europe/Berlin"]


def run(*words: str) -> int:
    return main(["calendar", *words])


def test_cases_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", str(CASES), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    count = len(CASES.read_text("utf-8").splitlines())
    assert (report["total"], report["right"]) == (count, count)
    assert set(report["cases"][0]) == {"id", "expected", "got", "ok"}


def test_a_case_that_differs_and_a_line_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = CASES.read_text("utf-8").splitlines()[:2]
    wrong = {**json.loads(lines[0]), "id": "wrong", "expected": "2020-01-01T00:00:00Z"}
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join([*lines, "{broken", json.dumps(wrong)]), "utf-8")
    assert run("run", str(cases), "--json") == 1
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert (report["total"], report["right"]) == (4, 2)
    assert "line 3: not JSON" in shown.err
    assert run("run", str(cases)) == 1
    assert "differs: wrong (line 4)" in capsys.readouterr().out


def test_cases_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(CASES.read_bytes())))
    assert run("run", "-") == 0
    assert capsys.readouterr().out.endswith("right\n")


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", "no such file") == 2
    assert "no such file" in capsys.readouterr().err


def test_deadline_with_holidays_and_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["deadline", *HOURS, "--state", "BY", "--category", "catholic", "--special", "12-24=8-12"]
    words += ["--start", "2026-12-23T16:30:00+01:00", "--seconds", "36000"]
    assert run(*words) == 0
    assert capsys.readouterr().out == "2026-12-28T12:30:00Z\n"
    assert run(*words, "--explain", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["result"] == "2026-12-28T12:30:00Z"
    assert [step["name"] for step in report["steps"] if step["step"] == "DaySkipped"] == [
        "Erster Weihnachtstag",
        "Zweiter Weihnachtstag",
    ]
    assert run(*words, "--explain") == 0
    assert "Erster Weihnachtstag" in capsys.readouterr().out


def test_worked_is_open_and_add_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calendar = tmp_path / "hours.json"
    calendar.write_text(json.dumps({"tz": "Europe/Berlin", "hours": {"mon": [["08:00", "17:00"]]}}), "utf-8")
    hours = ["--calendar", str(calendar)]
    worked = ["--start", "2026-06-08T00:00:00Z", "--end", "2026-06-09T00:00:00Z"]
    pause = ["--pause", "2026-06-08T06:00:00Z/2026-06-08T07:00:00Z"]
    assert run("worked", *hours, *worked, *pause, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"result": 28800}
    assert run("is-open", *hours, "--start", "2026-06-08T06:00:00Z") == 0
    assert capsys.readouterr().out == "true\n"
    assert run("is-open", *hours, "--start", "2026-06-08T15:00:00Z", "--quiet") == 1
    assert run("add-days", *hours, "--start", "2026-06-08T06:00:00Z", "--days", "-1") == 0
    assert capsys.readouterr().out == "2026-06-01T06:00:00Z\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["is-open", *HOURS, "--start", "2026-06-08T06:00:00"], "has no zone"),
        (["is-open", "--hours", "Mo 17-8", "--start", "2026-06-08T06:00:00Z"], "ends before it begins"),
        (["is-open", *HOURS, "--state", "XX", "--start", "2026-06-08T06:00:00Z"], "not a part of DE"),
        (
            ["deadline", "--hours", "Mo geschlossen", "--start", "2026-06-08T06:00:00Z", "--seconds", "1"],
            "no opening",
        ),
        (["is-open", "--calendar", "no such file", "--start", "2026-06-08T06:00:00Z"], "no such file"),
    ],
)
def test_what_cannot_be_understood(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    assert reason in capsys.readouterr().err


def test_it_starts_without_django() -> None:
    script = (
        "import sys; from leitstelle.config.cli import main; "
        "code = main(['calendar', 'is-open', '--hours', '24/7', '--start', '2026-06-08T06:00:00Z']); "
        "sys.exit(code or int('django' in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "true\n"
