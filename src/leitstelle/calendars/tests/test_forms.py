"""What administrators type: days, weeks, places; typed text stays, errors name the remedy."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leitstelle.calendars import labels
from leitstelle.calendars.forms import HoursForm, TrialForm
from leitstelle.calendars.forms.days import format_days, parse_days
from leitstelle.calendars.forms.places import place_choices, place_key, place_label, place_of
from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.rules import Calendar, CalendarProblem, DayKind, HolidaySet, SpecialDay, parse_week
from leitstelle.calendars.rules.problems import MESSAGES

NOW = datetime(2026, 6, 8, 10, tzinfo=UTC)
TYPED = {
    "tz": "Europe/Berlin",
    "mon": "8-12, 13-17",
    "tue": "08:00–12:00",
    "place": "DE|BY||catholic",
    "days": "24.12. 08:00–12:00 Heiligabend\n15.05.2026 Betriebsausflug",
}


def form_of(**changes: Any) -> HoursForm:
    return HoursForm({**TYPED, **changes}, now=NOW)


def test_a_form_becomes_a_calendar_and_back() -> None:
    form = form_of()
    assert form.is_valid(), form.errors
    hours = form.hours()
    assert hours.week == parse_week("Mo 8-12, 13-17; Di 8-12")
    assert hours.holidays == HolidaySet("DE", "BY", categories=("catholic",))
    assert [str(day) for day in hours.special] == ["12-24", "2026-05-15"]
    again = HoursForm(HoursForm.initial_of(hours), now=NOW)
    assert again.is_valid(), again.errors
    assert again.hours() == hours


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        ("wed", "17:00-08:00", "ends before it begins"),
        ("wed", "08:00", "not a time range"),
        ("days", "24.13. Heiligabend", "not a day of the year"),
        ("days", "Heiligabend", "not a date"),
        ("days", "24.12.\n24.12. 8-12", "given twice"),
        ("days", "24.12. 8 bis", "not a time range"),
        ("days", "24.12. 12-8", "ends before it begins"),
        ("place", "DE|XX", "Select a valid choice"),
        ("valid_from", "2026-06-07", "today or a later day"),
        ("tz", "Mars/Olympus", "Select a valid choice"),
    ],
)
def test_errors_name_the_reason_and_keep_the_text(field: str, typed: str, reason: str) -> None:
    form = form_of(**{field: typed})
    assert not form.is_valid()
    assert reason in str(form.errors[field])
    assert form[field].value() == typed


def test_further_holidays_must_fit_the_country() -> None:
    form = form_of(place="DE|BY", categories=["bank"])
    assert not form.is_valid()
    assert "place" in form.errors
    assert form_of(place="AT|9", categories=["bank"]).is_valid()


def test_a_version_begins_at_midnight_of_its_zone_or_now() -> None:
    later = form_of(valid_from="2026-07-01")
    assert later.is_valid()
    assert later.begins() == datetime(2026, 6, 30, 22, tzinfo=UTC)
    for typed in ("", "2026-06-08"):
        form = form_of(valid_from=typed)
        assert form.is_valid()
        assert form.begins() == NOW


def test_days_as_lines() -> None:
    days = parse_days(
        "24.12. 8:00-12:00 Heiligabend\n\n31.12. geschlossen Silvester\n2026-05-15 Ausflug\n1.6. 9 Uhr - 11 Uhr"
    )
    assert days[0] == SpecialDay(12, 24, 0, "Heiligabend", days[0].frames, DayKind.HALF_DAY)
    assert [day.name for day in days] == ["Heiligabend", "Silvester", "Ausflug", ""]
    assert [bool(day.frames) for day in days] == [True, False, False, True]
    assert parse_days(format_days(days)) == days


def test_every_place_of_the_list_can_be_chosen() -> None:
    keys = [key for _, group in place_choices()[1:] if not isinstance(group, str) for key, _ in group]
    assert len(keys) == 3 + 16 + 9 + 26 + 3 + 1 + 1
    for key in keys:
        found = place_of(key)
        assert found is not None
        place = HolidaySet(*found)
        assert place_key(place) == key
        assert place_label(place)
    assert place_of("") is None


def test_every_problem_has_a_sentence_with_known_placeholders() -> None:
    for code, template in labels.PROBLEMS.items():
        names = {part.split(")")[0] for part in str(template).split("%(")[1:]}
        known = {part.split(")")[0] for part in MESSAGES[code].split("%(")[1:]}
        assert names <= known, code
    assert "17:00-08:00" in problem_text(_problem("frame_backwards", text="17:00-08:00"))
    assert problem_text(_problem("missing", name="tz")) == "'tz' is missing"


def _problem(code: str, **params: object) -> CalendarProblem:
    return CalendarProblem(code, **params)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("4", 14400), ("1,5", 5400), ("1.25 h", 4500), ("0:30", 1800), ("2 Std.", 7200)]
)
def test_durations(typed: str, seconds: int) -> None:
    form = TrialForm({"start": "2026-06-08T10:00", "duration": typed}, tz="Europe/Berlin")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["duration"] == seconds
    assert form.cleaned_data["start"] == datetime(2026, 6, 8, 8, tzinfo=UTC)


def test_a_skipped_wall_time_is_the_jump_and_nonsense_is_refused() -> None:
    form = TrialForm({"start": "2026-03-29T02:30", "duration": "1"}, tz="Europe/Berlin")
    assert form.is_valid()
    assert form.cleaned_data["start"] == datetime(2026, 3, 29, 1, tzinfo=UTC)
    wrong = TrialForm({"start": "morgen", "duration": "lange"}, tz="Europe/Berlin")
    assert not wrong.is_valid()
    assert set(wrong.errors) == {"start", "duration"}
    for start, duration in (
        ("9999-12-31T23:00", "1"),
        ("0001-01-01T00:00", "1"),
        ("2026-06-08T10:00", "1000"),
    ):
        assert not TrialForm({"start": start, "duration": duration}, tz="Europe/Berlin").is_valid()


def test_a_calendar_made_by_the_form_computes() -> None:
    form = form_of()
    assert form.is_valid()
    hours: Calendar = form.hours()
    assert hours.worked(NOW, NOW + timedelta(days=7)) == (4 + 4 + 4) * 3600
