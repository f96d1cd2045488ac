"""Public holidays of Germany, Austria and Switzerland, computed offline, with German names.

Names and rules come from the library `holidays`. Its names follow the process's language unless told, and
Mariä Himmelfahrt (in Bavaria) and Fronleichnam (in parts of Saxony and Thuringia) are missing unless the
category `catholic` is asked for: both are always given explicitly here.

Known are the years 1991 (Germany) to 2100; before and after there are none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.days import DayPlan
from leitstelle.calendars.rules.frames import Frame
from leitstelle.calendars.rules.problems import CalendarProblem

COUNTRIES = ("DE", "AT", "CH")
SUBDIVISIONS: Mapping[str, Mapping[str, str]] = {
    "DE": {
        "BW": "Baden-Württemberg",
        "BY": "Bayern",
        "BE": "Berlin",
        "BB": "Brandenburg",
        "HB": "Bremen",
        "HH": "Hamburg",
        "HE": "Hessen",
        "MV": "Mecklenburg-Vorpommern",
        "NI": "Niedersachsen",
        "NW": "Nordrhein-Westfalen",
        "RP": "Rheinland-Pfalz",
        "SL": "Saarland",
        "SN": "Sachsen",
        "ST": "Sachsen-Anhalt",
        "SH": "Schleswig-Holstein",
        "TH": "Thüringen",
    },
    "AT": {
        "1": "Burgenland",
        "2": "Kärnten",
        "3": "Niederösterreich",
        "4": "Oberösterreich",
        "5": "Salzburg",
        "6": "Steiermark",
        "7": "Tirol",
        "8": "Vorarlberg",
        "9": "Wien",
    },
    "CH": {
        "AG": "Aargau",
        "AI": "Appenzell Innerrhoden",
        "AR": "Appenzell Ausserrhoden",
        "BE": "Bern",
        "BL": "Basel-Landschaft",
        "BS": "Basel-Stadt",
        "FR": "Freiburg",
        "GE": "Genf",
        "GL": "Glarus",
        "GR": "Graubünden",
        "JU": "Jura",
        "LU": "Luzern",
        "NE": "Neuenburg",
        "NW": "Nidwalden",
        "OW": "Obwalden",
        "SG": "St. Gallen",
        "SH": "Schaffhausen",
        "SO": "Solothurn",
        "SZ": "Schwyz",
        "TG": "Thurgau",
        "TI": "Tessin",
        "UR": "Uri",
        "VD": "Waadt",
        "VS": "Wallis",
        "ZG": "Zug",
        "ZH": "Zürich",
    },
}
MUNICIPALITIES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("DE", "BY"): {"Augsburg": "Augsburg"},
    ("CH", "ZH"): {"Stadt Zurich": "Stadt Zürich"},
}
"""Places with holidays of their own, by (country, subdivision): the library's code → name."""

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "DE": ("catholic",),
    "AT": ("bank", "protestant"),
    "CH": ("half_day", "de_facto", "optional"),
}
"""Further kinds of holidays than the public ones; `half_day` takes the half-day frames."""

CONFESSIONAL = ("BY", "SN", "TH")
"""German states where a catholic municipality has a holiday that the state as a whole has not."""


@dataclass(frozen=True)
class HolidaySet:
    """The holidays of one place.

    `country` is ISO 3166-1 (DE, AT, CH), `subdivision` a key of `SUBDIVISIONS` (empty: what the whole country
    has), `municipality` a key of `MUNICIPALITIES`, `categories` of `CATEGORIES` beside the public ones.
    `half_day_frames` are the service hours of days that the library calls half days (Switzerland); without
    them such a day is closed. Raises `CalendarProblem` for anything unknown.
    """

    country: str
    subdivision: str = ""
    municipality: str = ""
    categories: tuple[str, ...] = ()
    half_day_frames: tuple[Frame, ...] = ()

    def __post_init__(self) -> None:
        if self.country not in COUNTRIES:
            raise CalendarProblem("country_unknown", country=self.country)
        parts = SUBDIVISIONS[self.country]
        if self.subdivision and self.subdivision not in parts:
            raise CalendarProblem(
                "subdivision_unknown",
                subdivision=self.subdivision,
                country=self.country,
                known=", ".join(parts),
            )
        places = MUNICIPALITIES.get((self.country, self.subdivision), {})
        if self.municipality and self.municipality not in places:
            raise CalendarProblem(
                "municipality_unknown",
                municipality=self.municipality,
                subdivision=self.subdivision or self.country,
                known=", ".join(places) or "-",
            )
        known = CATEGORIES[self.country]
        for category in self.categories:
            if category not in known:
                raise CalendarProblem(
                    "category_unknown",
                    category=category,
                    country=self.country,
                    known=", ".join(known),
                )

    def plan(self, day: date) -> DayPlan | None:
        """Closed on a holiday, half-day frames on a half day, nothing on any other day."""
        half = _half_days(self, day.year).get(day) if "half_day" in self.categories else None
        name = _full_days(self, day.year).get(day)
        if name is not None:
            return DayPlan(DayKind.HOLIDAY, (), name)
        return None if half is None else DayPlan(DayKind.HALF_DAY, self.half_day_frames, half)

    def named(self, year: int) -> dict[date, str]:
        """All holidays and half days of a year with their German names, in order of date."""
        days = dict(_full_days(self, year))
        if "half_day" in self.categories:
            days = {**_half_days(self, year), **days}
        return dict(sorted(days.items()))


@lru_cache(maxsize=1024)
def _full_days(place: HolidaySet, year: int) -> Mapping[date, str]:
    categories = ("public", *(name for name in place.categories if name != "half_day"))
    return _fetch(place, year, categories)


@lru_cache(maxsize=1024)
def _half_days(place: HolidaySet, year: int) -> Mapping[date, str]:
    return _fetch(place, year, ("half_day",))


def _fetch(place: HolidaySet, year: int, categories: tuple[str, ...]) -> Mapping[date, str]:
    found = holidays.country_holidays(
        place.country,
        subdiv=place.municipality or place.subdivision or None,
        years=year,
        expand=False,
        language="de",
        categories=categories,
    )
    return {day: name for day, name in found.items() if day.year == year}
