"""The list of places whose holidays can be kept, as one choice: country, Land or canton, municipality, confession."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from leitstelle.calendars import labels
from leitstelle.calendars.rules.holidays import (
    CONFESSIONAL,
    COUNTRIES,
    MUNICIPALITIES,
    SUBDIVISIONS,
    HolidaySet,
)

Group = tuple[str, list[tuple[str, str]]]


def place_choices() -> list[tuple[str, str] | Group]:
    """For a select: no holidays, then every place by country."""
    groups: list[Group] = [(str(labels.COUNTRIES[country]), list(_places(country))) for country in COUNTRIES]
    return [("", _("No holidays")), *groups]


def place_key(place: HolidaySet | None) -> str:
    """The value of the choice that stands for a holiday set."""
    if place is None:
        return ""
    catholic = "catholic" if "catholic" in place.categories else ""
    return "|".join((place.country, place.subdivision, place.municipality, catholic)).rstrip("|")


def place_of(key: str) -> tuple[str, str, str, tuple[str, ...]] | None:
    """Country, subdivision, municipality and categories of a choice's value."""
    if not key:
        return None
    country, subdivision, municipality, catholic = (key.split("|") + [""] * 3)[:4]
    return country, subdivision, municipality, ("catholic",) if catholic else ()


def place_label(place: HolidaySet | None) -> str:
    """The place in words, for pages."""
    if place is None:
        return _("No holidays")
    country = str(labels.COUNTRIES[place.country])
    if not place.subdivision:
        return country
    name = dict(_places(place.country)).get(place_key(place), place.subdivision)
    return f"{country}, {name}"


def _places(country: str) -> Iterator[tuple[str, str]]:
    yield country, _("nationwide holidays only")
    for code, name in sorted(SUBDIVISIONS[country].items(), key=lambda item: _folded(item[1])):
        yield f"{country}|{code}", name
        if country == "DE" and code in CONFESSIONAL:
            yield f"{country}|{code}||catholic", _("%(state)s: Catholic municipality") % {"state": name}
        for place, label in MUNICIPALITIES.get((country, code), {}).items():
            yield f"{country}|{code}|{place}", f"{name}: {label}"


def _folded(name: str) -> str:
    return name.lower().replace("ä", "a").replace("ö", "o").replace("ü", "u")
