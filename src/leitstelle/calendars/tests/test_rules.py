"""Frames, weeks, special days, versions and explanations: plain values, no database."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest

from leitstelle.calendars.rules import (
    Calendar,
    CalendarProblem,
    DayKind,
    Frame,
    HolidaySet,
    SpecialDay,
    VersionedCalendar,
    calendar_from,
    explain,
    format_frames,
    parse_frames,
    parse_week,
)
from leitstelle.calendars.rules.explanation import (
    ClockChanged,
    DayDiffers,
    DaySkipped,
    FrameUsed,
    Paused,
    VersionChanged,
)
from leitstelle.calendars.rules.form import frames_to, week_from, week_to

OFFICE = parse_week("Mo-Fr 08:00-12:00, 13:00-17:00")
BERLIN = Calendar("Europe/Berlin", OFFICE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("", ""),
        ("geschlossen", ""),
        (" - ", ""),
        ("8-12", "08:00–12:00"),
        ("08:00–12:00, 13:00–17:00", "08:00–12:00, 13:00–17:00"),
        ("13:00-17:00; 8.00 Uhr bis 12.00 Uhr", "08:00–12:00, 13:00–17:00"),
        ("8-12 und 13-17", "08:00–12:00, 13:00–17:00"),
        ("22:00—30:00", "22:00–30:00"),
        ("0-24", "00:00–24:00"),
        ("08:00-12:00, 12:00-17:00", "08:00–12:00, 12:00–17:00"),
    ],
)
def test_frames_as_people_type_them(text: str, frames: str) -> None:
    assert format_frames(parse_frames(text)) == frames
    assert parse_frames(frames) == parse_frames(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8", "frame_format"),
        ("8-12-14", "frame_format"),
        ("acht bis zwölf", "time_format"),
        ("08:00-08:00", "frame_empty"),
        ("24:00-24:00", "frame_empty"),
        ("22:00-06:00", "frame_backwards"),
        ("24:00-25:00", "frame_start"),
        ("08:00-48:00", "frame_long"),
        ("08:00-49:00", "time_format"),
        ("08:60-09:00", "time_format"),
        ("08:00-12:00, 11:59-13:00", "frames_overlap"),
    ],
)
def test_frames_that_are_none(text: str, code: str) -> None:
    with pytest.raises(CalendarProblem) as caught:
        parse_frames(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}),
        ("Mo-Di 8-12, 13-17; Sa 9-12", {"mon": 2, "tue": 2, "sat": 1}),
        ("Mon-Tue 08:00-17:00, Thu: 08:00-12:00", {"mon": 1, "tue": 1, "thu": 1}),
        ("Mo,Mi-Do 8-12", {"mon": 1, "wed": 1, "thu": 1}),
        ("So-Mo 22:00-30:00", {"sun": 1, "mon": 1}),
        ("Montag 8-12 Dienstag geschlossen", {"mon": 1}),
    ],
)
def test_weeks_as_people_type_them(text: str, expected: dict[str, object]) -> None:
    week = week_to(parse_week(text))
    counted = {name: len(frames) for name, frames in week.items()}
    assert expected in (week, counted)
    assert week_from(week) == parse_week(text)


@pytest.mark.parametrize("text", ["", "Mo-Fr", "08:00-17:00", "Xx 8-12", "Mo 8-12; Mo 13-17", "Mo 12-8"])
def test_weeks_that_are_none(text: str) -> None:
    with pytest.raises(CalendarProblem):
        parse_week(text)


def test_a_special_day_goes_before_yearly_ones_before_holidays_before_weekdays() -> None:
    half, short = (Frame(480, 720),), (Frame(480, 600),)
    calendar = Calendar(
        "Europe/Berlin",
        OFFICE,
        (
            SpecialDay(12, 25, 2026, "Umzug", half),
            SpecialDay(12, 25, name="jedes Jahr", frames=short),
            SpecialDay(2, 29, name="Schalttag"),
        ),
        HolidaySet("DE", "BY"),
    )
    assert calendar.plan(date(2026, 12, 25)).frames == half
    assert calendar.plan(date(2025, 12, 25)).frames == short
    assert calendar.plan(date(2026, 12, 26)).kind is DayKind.HOLIDAY
    assert calendar.plan(date(2028, 2, 29)).frames == ()
    assert calendar.plan(date(2026, 12, 28)).frames == OFFICE[0]
    assert not calendar.is_service_day(date(2026, 12, 27))


def test_a_night_shift_ends_in_the_holiday_and_none_begins_on_it() -> None:
    calendar = Calendar("Europe/Berlin", parse_week("Mo-So 22:00-30:00"), holidays=HolidaySet("DE"))
    assert calendar.is_open(at("2026-12-25T04:30:00"))
    assert not calendar.is_open(at("2026-12-25T21:30:00"))


def test_days_are_added_from_the_eve_within_a_night_shift() -> None:
    calendar = Calendar("Europe/Berlin", parse_week("Mo-Fr 22:00-30:00"))
    saturday_morning = at("2026-06-13T01:30:00")
    assert calendar.add_days(saturday_morning, 1) == at("2026-06-16T01:30:00")
    assert calendar.add_days(saturday_morning, 0) == saturday_morning


def test_openings_are_lazy_and_touching_ones_are_one() -> None:
    always = Calendar("Europe/Berlin", parse_week("24/7"))
    start, end = at("2026-01-01T00:00:00"), at("2036-01-01T00:00:00")
    assert list(always.opening_spans(start, end)) == [(start, end)]
    spans = BERLIN.opening_spans(start, at("9000-01-01T00:00:00"))
    assert next(spans) == (at("2026-01-01T07:00:00"), at("2026-01-01T11:00:00"))


def test_next_opening() -> None:
    assert BERLIN.next_opening(at("2026-06-05T15:00:00")) == at("2026-06-08T06:00:00")
    assert BERLIN.next_opening(at("2026-06-05T14:59:59")) == at("2026-06-05T14:59:59")


def test_microseconds_and_other_zones_come_through() -> None:
    start = datetime.fromisoformat("2026-06-08T10:00:00.000001+02:00")
    assert BERLIN.deadline(start, 1.5) == at("2026-06-08T08:00:01.500001")
    assert BERLIN.worked(start, start + timedelta(microseconds=1)) == 1e-6


def test_naive_moments_are_refused() -> None:
    with pytest.raises(CalendarProblem):
        BERLIN.is_open(at("2026-06-08T10:00:00").replace(tzinfo=None))


def test_versions_each_count_their_own_time() -> None:
    longer = Calendar("Europe/Berlin", parse_week("Mo-So 06:00-20:00"))
    hours = VersionedCalendar(((at("2026-01-01T00:00:00"), BERLIN), (at("2026-06-05T22:00:00"), longer)))
    start = at("2026-06-05T14:00:00")
    assert hours.deadline(start, 2 * 3600) == at("2026-06-06T05:00:00")
    assert hours.worked(at("2026-06-05T00:00:00"), at("2026-06-07T00:00:00")) == (8 + 14) * 3600
    assert hours.at(at("2020-01-01T00:00:00")) is BERLIN
    assert hours.add_days(start, 1) == at("2026-06-06T14:00:00")
    assert hours.add_days(start, 2) == at("2026-06-07T14:00:00")
    assert hours.add_days(at("2026-06-07T14:00:00"), -2) == start
    steps = explain(hours, start, 2 * 3600).steps
    assert [type(step) for step in steps] == [FrameUsed, VersionChanged, FrameUsed]
    with pytest.raises(CalendarProblem):
        VersionedCalendar(())


def test_an_explanation_names_frames_holidays_half_days_pauses_and_clock_changes() -> None:
    calendar = Calendar(
        "Europe/Berlin",
        OFFICE,
        (SpecialDay(3, 30, 2026, "Inventur", (Frame(480, 540),), DayKind.HALF_DAY),),
        HolidaySet("DE", "BY"),
    )
    start = at("2026-03-27T14:00:00")
    pause = (at("2026-03-27T15:00:00"), at("2026-03-30T00:00:00"))
    explanation = explain(calendar, start, 34 * 3600, [pause])
    assert explanation.deadline == calendar.deadline(start, 34 * 3600, [pause]) == at("2026-04-07T15:00:00")
    kinds = [type(step) for step in explanation.steps]
    assert kinds[:4] == [FrameUsed, Paused, ClockChanged, DayDiffers]
    skipped = [step for step in explanation.steps if isinstance(step, DaySkipped)]
    assert [step.name for step in skipped] == ["Karfreitag", "Ostermontag"]
    (paused,) = (step for step in explanation.steps if isinstance(step, Paused))
    assert paused.seconds == 3600
    used = [step for step in explanation.steps if isinstance(step, FrameUsed)]
    assert used[-1].total == sum(step.seconds for step in used) == 34 * 3600


def test_the_json_form_refuses_what_it_does_not_know() -> None:
    with pytest.raises(CalendarProblem):
        calendar_from({"tz": "Europe/Berlin", "hours": {}, "half_days": []})
    with pytest.raises(CalendarProblem):
        calendar_from({"tz": "Europe/Berlin", "special": [{"name": "ohne Datum"}]})
    with pytest.raises(CalendarProblem):
        calendar_from({"tz": "Europe/Berlin", "special": [{"date": "12-24", "kind": "feast"}]})
    twice = {"tz": "Europe/Berlin", "holidays": ["2026-12-24", "2026-12-24"]}
    assert len(calendar_from(twice).special) == 1
    assert frames_to((Frame(1320, 1800),)) == [["22:00", "30:00"]]


def test_a_deadline_a_month_ahead_takes_less_than_a_millisecond() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, holidays=HolidaySet("DE", "BY"))
    calendar.deadline(at("2026-01-01T00:00:00"), 250 * 8 * 3600)
    runs = []
    for day in range(200):
        begin = perf_counter()
        calendar.deadline(at("2026-01-05T07:00:00") + timedelta(days=day), 22 * 8 * 3600)
        runs.append(perf_counter() - begin)
    assert sorted(runs)[len(runs) // 2] < 0.001
