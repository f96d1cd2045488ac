"""Public holidays of the sixteen Länder, of Austria and Switzerland, with German names whatever the process speaks."""

from datetime import date
from typing import Any

import pytest

from leitstelle.calendars.rules import CalendarProblem, DayKind, Frame, HolidaySet
from leitstelle.calendars.rules.holidays import CATEGORIES, COUNTRIES, MUNICIPALITIES, SUBDIVISIONS

# Public holidays of 2026 by Land, from the holiday laws of the Länder (Sundays that are holidays by law included).
GERMANY_2026 = {
    "BW": 12,
    "BY": 12,
    "BE": 10,
    "BB": 12,
    "HB": 10,
    "HH": 10,
    "HE": 10,
    "MV": 11,
    "NI": 10,
    "NW": 11,
    "RP": 11,
    "SL": 12,
    "SN": 11,
    "ST": 11,
    "SH": 10,
    "TH": 11,
}


@pytest.mark.parametrize(("land", "count"), GERMANY_2026.items())
def test_every_land(land: str, count: int) -> None:
    days = HolidaySet("DE", land).named(2026)
    assert len(days) == count
    assert days[date(2026, 4, 3)] == "Karfreitag"
    assert days[date(2026, 10, 3)] == "Tag der Deutschen Einheit"


def test_all_sixteen_are_there() -> None:
    assert set(SUBDIVISIONS["DE"]) == set(GERMANY_2026)
    assert len(SUBDIVISIONS["AT"]) == 9
    assert len(SUBDIVISIONS["CH"]) == 26


@pytest.mark.parametrize(
    ("place", "day", "name"),
    [
        (HolidaySet("DE", "BY", categories=("catholic",)), date(2026, 8, 15), "Mariä Himmelfahrt"),
        (HolidaySet("DE", "BY", "Augsburg"), date(2026, 8, 8), "Augsburger Hohes Friedensfest"),
        (HolidaySet("DE", "BY", "Augsburg"), date(2026, 8, 15), "Mariä Himmelfahrt"),
        (HolidaySet("DE", "SL"), date(2026, 8, 15), "Mariä Himmelfahrt"),
        (HolidaySet("DE", "SN", categories=("catholic",)), date(2026, 6, 4), "Fronleichnam"),
        (HolidaySet("DE", "TH", categories=("catholic",)), date(2026, 6, 4), "Fronleichnam"),
        (HolidaySet("DE", "SN"), date(2026, 11, 18), "Buß- und Bettag"),
        (HolidaySet("DE", "TH"), date(2026, 9, 20), "Weltkindertag"),
        (HolidaySet("DE", "BE"), date(2026, 3, 8), "Frauentag"),
        (HolidaySet("DE", "BE"), date(2025, 5, 8), "80. Jahrestag der Befreiung vom Nationalsozialismus"),
        (HolidaySet("AT"), date(2026, 10, 26), "Nationalfeiertag"),
        (HolidaySet("AT", "9", categories=("bank",)), date(2026, 11, 15), "Hl. Leopold"),
        (HolidaySet("CH", "ZH"), date(2026, 8, 1), "Nationalfeiertag"),
    ],
)
def test_named_holidays(place: HolidaySet, day: date, name: str) -> None:
    plan = place.plan(day)
    assert plan is not None
    assert plan.name.startswith(name[:20])
    assert plan.kind is DayKind.HOLIDAY
    assert plan.frames == ()


@pytest.mark.parametrize(
    ("place", "day"),
    [
        (HolidaySet("DE", "BY"), date(2026, 8, 15)),
        (HolidaySet("DE", "BY"), date(2026, 8, 8)),
        (HolidaySet("DE", "SN"), date(2026, 6, 4)),
        (HolidaySet("DE", "BB"), date(2026, 12, 24)),
        (HolidaySet("DE"), date(2026, 1, 6)),
        (HolidaySet("DE", "BY"), date(2026, 11, 18)),
        (HolidaySet("AT", "9"), date(2026, 12, 24)),
    ],
)
def test_ordinary_days(place: HolidaySet, day: date) -> None:
    assert place.plan(day) is None


def test_half_days_take_their_own_hours() -> None:
    hours = (Frame(480, 720),)
    place = HolidaySet("CH", "ZH", "Stadt Zurich", ("half_day",), hours)
    plans = [place.plan(day) for day in place.named(2026)]
    kinds = {plan.kind: plan.frames for plan in plans if plan is not None}
    assert kinds[DayKind.HALF_DAY] == hours
    assert kinds[DayKind.HOLIDAY] == ()
    assert len(place.named(2026)) > len(HolidaySet("CH", "ZH").named(2026))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("FR",), "country_unknown"),
        (("",), "country_unknown"),
        (("DE", "XX"), "subdivision_unknown"),
        (("DE", "", "Augsburg"), "municipality_unknown"),
        (("DE", "NW", "Augsburg"), "municipality_unknown"),
        (("DE", "BY", "", ("school",)), "category_unknown"),
        (("AT", "9", "", ("catholic",)), "category_unknown"),
    ],
)
def test_unknown_places_are_refused(given: tuple[Any, ...], code: str) -> None:
    with pytest.raises(CalendarProblem) as caught:
        HolidaySet(*given)
    assert caught.value.code == code


def test_every_choice_can_be_computed() -> None:
    for country in COUNTRIES:
        for part in ("", *SUBDIVISIONS[country]):
            for place in ("", *MUNICIPALITIES.get((country, part), ())):
                for categories in ((), CATEGORIES[country]):
                    assert HolidaySet(country, part, place, categories).named(2030)
