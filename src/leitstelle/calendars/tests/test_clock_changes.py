"""Every clock change from 2000 to 2040 in six zones against the minute-by-minute simulation."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstelle.calendars.rules import (
    Calendar,
    CalendarProblem,
    Frame,
    NeverOpens,
    SpecialDay,
    VersionedCalendar,
    parse_week,
)
from leitstelle.calendars.tests.simulation import (
    MINUTE,
    ZONES,
    Simulation,
    clock_changes,
    simulate,
    wall_clock,
)

BEFORE, AFTER = timedelta(days=2), timedelta(days=3)
WEEKS = [
    parse_week(text)
    for text in (
        "24/7",
        "Mo-So 00:00-02:30, 02:45-24:00",
        "Mo-So 22:00-30:00",
        "Mo-So 02:00-03:00",
        "Mo-So 01:30-02:15, 02:20-02:40, 23:30-24:10",
        "Mo-Fr 08:00-12:00, 13:00-17:00; Sa 20:00-26:30; So 02:30-10:00",
        "Fr-So 23:01-24:01, 00:00-00:01, 00:30-01:15",
        "Sa 12:00-36:00; So 01:00-02:00; Mo 00:10-24:00",
    )
]
EXAMPLES = [(zone, change) for zone in ZONES for change in clock_changes(zone)]


def compare(calendar: Calendar, truth: Simulation, start: datetime, end: datetime, minutes: int) -> None:
    """One start, end and duration by both ways; with a pause in the middle as well."""
    pauses = [(start + (end - start) / 3, start + (end - start) / 2)] if end > start else []
    pauses = [(_minute(begin), _minute(stop)) for begin, stop in pauses]
    assert calendar.is_open(start) == truth.is_open(start)
    assert calendar.worked(start, end) == 60 * truth.minutes(start, end)
    assert calendar.worked(start, end, pauses) == 60 * truth.minutes(start, end, pauses)
    for paused in ([], pauses):
        expected = truth.deadline(start, minutes, paused)
        if expected is not None:
            assert calendar.deadline(start, minutes * 60, paused) == expected


def compare_spans(calendar: Calendar, truth: Simulation, start: datetime, end: datetime) -> None:
    """Every single minute: open where and only where a span says so."""
    states = [False] * len(truth.open)
    previous = None
    for begin, stop in calendar.opening_spans(start, end):
        assert begin < stop
        assert previous is None or previous < begin
        previous = stop
        for index in range(truth.index(begin), truth.index(stop)):
            states[index] = True
    assert tuple(states) == truth.open


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_the_zones_change_as_they_should() -> None:
    counts = {zone: len(clock_changes(zone)) for zone in ZONES}
    assert [counts[zone] for zone in ZONES[:5]] == [82] * 5
    assert counts["Africa/Casablanca"] > 60


@pytest.mark.parametrize("zone", ZONES)
def test_every_clock_change_minute_by_minute(zone: str) -> None:
    for number, change in enumerate(clock_changes(zone)):
        start, end = change - BEFORE, change + AFTER
        for week in (WEEKS[number % len(WEEKS)], WEEKS[(number // 2 + 3) % len(WEEKS)]):
            calendar = Calendar(zone, week)
            truth = simulate(calendar, start, (end - start) // MINUTE)
            compare_spans(calendar, truth, start, end)
            for shift in (-95, -31, -1, 0, 1, 29, 61):
                moment = change + shift * MINUTE
                compare(calendar, truth, moment, change + timedelta(hours=30, minutes=shift), 45 + number * 7)


@st.composite
def frames(draw: st.DrawFn) -> tuple[Frame, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(
            st.integers(0, 1439) | st.sampled_from([0, 1, 30, 60, 90, 119, 120, 121, 150, 179, 180, 1320])
        )
        length = draw(st.integers(1, 1440) | st.sampled_from([1, 15, 30, 60, 480, 1440]))
        found.append(Frame(start, start + length))
    return tuple(found)


@st.composite
def calendars(draw: st.DrawFn, zone: str, change: datetime) -> Calendar:
    week = tuple(draw(frames()) for _ in range(7))
    days = {change.date() + timedelta(days=draw(st.integers(-2, 2))) for _ in range(draw(st.integers(0, 2)))}
    special = tuple(_special(day, draw(frames()), yearly=draw(st.booleans())) for day in sorted(days))
    return Calendar(zone, week, special)


def _special(day: date, own: tuple[Frame, ...], *, yearly: bool) -> SpecialDay:
    return SpecialDay(day.month, day.day, 0 if yearly else day.year, frames=own)


def check_random(data: st.DataObject, zone: str, change: datetime) -> None:
    calendar = data.draw(calendars(zone, change))
    start, end = change - BEFORE, change + AFTER
    length = (end - start) // MINUTE
    truth = simulate(calendar, start, length)
    compare_spans(calendar, truth, start, end)
    first = start + data.draw(st.integers(0, length - 1)) * MINUTE
    last = start + data.draw(st.integers(0, length - 1)) * MINUTE
    compare(calendar, truth, first, last, data.draw(st.integers(0, 2000)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), example=st.sampled_from(EXAMPLES))
def test_random_calendars_at_random_changes(data: st.DataObject, example: tuple[str, datetime]) -> None:
    check_random(data, *example)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("zone", ZONES)
def test_random_calendars_at_every_change(zone: str) -> None:
    for change in clock_changes(zone):
        _check_many(zone, change)


def _check_many(zone: str, change: datetime) -> None:
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        check_random(data, zone, change)

    check()


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("zone", ZONES)
def test_every_week_at_every_change(zone: str) -> None:
    for change in clock_changes(zone):
        start, end = change - BEFORE, change + AFTER
        for week in WEEKS:
            calendar = Calendar(zone, week)
            truth = simulate(calendar, start, (end - start) // MINUTE)
            compare_spans(calendar, truth, start, end)
            for shift in range(-180, 181, 13):
                compare(calendar, truth, change + shift * MINUTE, change + timedelta(hours=30), 500 + shift)


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    example=st.sampled_from(EXAMPLES),
    hours=st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)),
    paused=st.tuples(st.integers(-500, 20_000), st.integers(-500, 20_000)),
)
def test_years_are_counted_as_their_spans(
    data: st.DataObject, example: tuple[str, datetime], hours: tuple[int, int], paused: tuple[int, int]
) -> None:
    """Blocks of days that are counted once give what every single span gives, across versions and pauses too."""
    zone, change = example
    versions = (change, data.draw(calendars(zone, change))), (change + 400 * BEFORE, Calendar(zone, WEEKS[5]))
    calendar = VersionedCalendar(versions)
    base = change + timedelta(seconds=data.draw(st.integers(-90_000, 90_000)))
    start, end = (base + timedelta(hours=number) for number in hours)
    pause = (base + timedelta(hours=min(paused)), base + timedelta(hours=max(paused)))
    spans = list(calendar.opening_spans(start, end))
    away = [(max(begin, pause[0]), min(stop, pause[1])) for begin, stop in spans]
    open_for = sum((stop - begin for begin, stop in spans), timedelta())
    off = sum((stop - begin for begin, stop in away if begin < stop), timedelta())
    for _asked_again in range(2):
        assert calendar.worked(start, end) == open_for.total_seconds()
        assert calendar.worked(start, end, [pause]) == (open_for - off).total_seconds()


@settings(max_examples=200, deadline=None)
@given(data=st.data(), example=st.sampled_from(EXAMPLES), seconds=st.integers(0, 500_000))
def test_deadline_and_worked_are_inverse(
    data: st.DataObject, example: tuple[str, datetime], seconds: int
) -> None:
    """Worked time up to the deadline is the time asked for, and a second less is not enough."""
    zone, change = example
    calendar = data.draw(calendars(zone, change))
    start = change + timedelta(seconds=data.draw(st.integers(-90_000, 90_000)))
    try:
        deadline = calendar.deadline(start, seconds)
    except NeverOpens:
        return
    assert calendar.worked(start, deadline) == seconds
    assert seconds == 0 or calendar.worked(start, deadline - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=100, deadline=None)
@given(data=st.data(), example=st.sampled_from(EXAMPLES), days=st.integers(-40, 40))
def test_adding_days_lands_on_service_days_at_the_same_wall_time(
    data: st.DataObject, example: tuple[str, datetime], days: int
) -> None:
    zone, change = example
    week = data.draw(st.sampled_from(WEEKS[:3] + WEEKS[5:6]))
    calendar = Calendar(zone, week)
    start = change + timedelta(minutes=data.draw(st.integers(-4000, 4000)))
    result = calendar.add_days(start, days)
    assert (result > start) == (days > 0)
    shift = abs(_wall(calendar, result) - _wall(calendar, start))
    # A wall time that the clock skips moves to the jump: by an hour at most.
    assert min(shift, 1440 - shift) <= 60


def _wall(calendar: Calendar, at: datetime) -> int:
    return wall_clock(calendar.tz, at, 1)[0][1]


def test_a_calendar_that_never_opens_says_so() -> None:
    for calendar in (
        Calendar("Europe/Berlin", ((),) * 7),
        Calendar("Europe/Berlin", ((),) * 7, (SpecialDay(5, 1, 2020, frames=(Frame(480, 720),)),)),
    ):
        with pytest.raises(NeverOpens):
            calendar.deadline(clock_changes("Europe/Berlin")[-1], 60)
        with pytest.raises(CalendarProblem):
            calendar.next_opening(clock_changes("Europe/Berlin")[-1])
        with pytest.raises(NeverOpens):
            calendar.add_days(clock_changes("Europe/Berlin")[-1], 1)
