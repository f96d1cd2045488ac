"""Service hours as JSON and as a line of text: what files, the command line and stored versions hold.

The JSON form is that of the test material (`tz`, `hours`, `holidays`, `yearly`), grown by two keys:
`special`: [{"date": "2026-12-24" or "12-24", "name": "…", "hours": [["08:00", "12:00"]], "kind": "half_day"}]
and `holiday_set`: {"country": "DE", "subdivision": "BY", "municipality": "", "categories": [],
"half_day_hours": []}.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.calendar import Calendar, Week
from leitstelle.calendars.rules.days import WEEKDAYS, SpecialDay
from leitstelle.calendars.rules.frames import Frame, clock, parse_clock, parse_frames
from leitstelle.calendars.rules.holidays import HolidaySet
from leitstelle.calendars.rules.problems import CalendarProblem

_KEYS = {"tz", "hours", "holidays", "yearly", "special", "holiday_set"}
_REMARKS = {"id", "name", "note", "comment"}
_DATE = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_NAMES = {
    "mo": 0,
    "mon": 0,
    "montag": 0,
    "monday": 0,
    "di": 1,
    "tu": 1,
    "tue": 1,
    "dienstag": 1,
    "tuesday": 1,
    "mi": 2,
    "we": 2,
    "wed": 2,
    "mittwoch": 2,
    "wednesday": 2,
    "do": 3,
    "th": 3,
    "thu": 3,
    "donnerstag": 3,
    "thursday": 3,
    "fr": 4,
    "fri": 4,
    "freitag": 4,
    "friday": 4,
    "sa": 5,
    "sat": 5,
    "samstag": 5,
    "saturday": 5,
    "so": 6,
    "su": 6,
    "sun": 6,
    "sonntag": 6,
    "sunday": 6,
}
_DAY = rf"(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b\.?"
_RANGE = rf"{_DAY}(?:\s*[-–]\s*{_DAY})?"
_GROUP = re.compile(
    rf"\s*({_RANGE}(?:\s*,\s*{_RANGE})*)\s*:?\s*((?:[\d:.,\s–-]|Uhr|und|closed|geschlossen)+)[;,\s]*",
    re.IGNORECASE,
)
_ALWAYS = {"24/7", "24x7", "7x24"}


def calendar_from(data: object) -> Calendar:
    """The calendar of a JSON object; raises `CalendarProblem` for anything that is not of the form."""
    form = _object(data, "calendar")
    for key in form:
        if key not in _KEYS | _REMARKS:
            raise CalendarProblem("key_unknown", name=key)
    if "tz" not in form:
        raise CalendarProblem("missing", name="tz")
    closed = [
        *(_special(text, DayKind.HOLIDAY, yearly=False) for text in _texts(form, "holidays")),
        *(_special(text, DayKind.HOLIDAY, yearly=True) for text in _texts(form, "yearly")),
    ]
    special = [_special_from(entry) for entry in _list(form.get("special", []), "special")]
    holiday_set = form.get("holiday_set")
    return Calendar(
        tz=_text(form["tz"], "tz"),
        week=week_from(form.get("hours", {})),
        special=tuple(dict.fromkeys([*closed, *special])),
        holidays=None if holiday_set is None else holiday_set_from(holiday_set),
    )


def week_from(data: object) -> Week:
    """Seven tuples of frames of {"mon": [["08:00", "12:00"], …], …}; a weekday left out is closed."""
    hours = _object(data, "hours")
    for key in hours:
        if key not in WEEKDAYS:
            raise CalendarProblem("weekday_unknown", text=key)
    return tuple(_frames(hours.get(name, []), name) for name in WEEKDAYS)


def week_to(week: Week) -> dict[str, list[list[str]]]:
    """What `week_from` reads back; closed weekdays are left out."""
    return {name: frames_to(frames) for name, frames in zip(WEEKDAYS, week, strict=True) if frames}


def frames_to(frames: Iterable[Frame]) -> list[list[str]]:
    return [[clock(frame.start), clock(frame.end)] for frame in frames]


def frames_from(data: object) -> tuple[Frame, ...]:
    """The frames of [["08:00", "12:00"], …]."""
    return _frames(data, "hours")


def holiday_set_from(data: object) -> HolidaySet:
    """The holidays of {"country": "DE", "subdivision": "BY", …}."""
    form = _object(data, "holiday_set")
    return HolidaySet(
        country=_text(form.get("country", ""), "country"),
        subdivision=_text(form.get("subdivision", ""), "subdivision"),
        municipality=_text(form.get("municipality", ""), "municipality"),
        categories=tuple(_texts(form, "categories")),
        half_day_frames=_frames(form.get("half_day_hours", []), "half_day_hours"),
    )


def parse_week(text: str) -> Week:
    """The week of „Mo-Fr 08:00-17:00; Sa 9-12“, „Mo,Mi 8-12, 13-17“ or „24/7“; German or English days."""
    if text.strip().lower() in _ALWAYS:
        return ((Frame(0, 24 * 60),),) * 7
    week: list[tuple[Frame, ...] | None] = [None] * 7
    position = 0
    while position < len(text):
        group = _GROUP.match(text, position)
        if group is None:
            raise CalendarProblem("hours_format", text=text[position:].strip())
        frames = parse_frames(group[2].strip(" ,;\n\t"))
        for day in _days(group[1]):
            if week[day] is not None:
                raise CalendarProblem("given_twice", text=WEEKDAYS[day])
            week[day] = frames
        position = group.end()
    if not text.strip():
        raise CalendarProblem("hours_format", text=text)
    return tuple(frames or () for frames in week)


def parse_date(text: str) -> tuple[int, int, int]:
    """Year (0 in a yearly one), month, day of „2026-12-24“ or „12-24“."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise CalendarProblem("date_format", text=text.strip())
    return int(found[1] or 0), int(found[2]), int(found[3])


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.lower().split(","):
        ends = [_NAMES[name.strip(" .")] for name in re.split(r"[-–]", part)]
        first, last = ends[0], ends[-1]
        days += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    return days


def _special(text: str, kind: DayKind, *, yearly: bool) -> SpecialDay:
    year, month, day = parse_date(text)
    if yearly == bool(year):
        raise CalendarProblem("yearly_format" if yearly else "date_format", text=text)
    return SpecialDay(month, day, year, kind=kind)


def _special_from(data: object) -> SpecialDay:
    entry = _object(data, "special")
    if "date" not in entry:
        raise CalendarProblem("missing", name="date")
    year, month, day = parse_date(_text(entry["date"], "date"))
    frames = _frames(entry.get("hours", []), "hours")
    kind = _text(entry.get("kind", DayKind.HALF_DAY if frames else DayKind.COMPANY_DAY), "kind")
    if kind not in set(DayKind):
        raise CalendarProblem("wrong_type", name="kind", expected="one of " + ", ".join(DayKind))
    return SpecialDay(month, day, year, _text(entry.get("name", ""), "name"), frames, DayKind(kind))


def _frames(data: object, name: str) -> tuple[Frame, ...]:
    frames = []
    for pair in _list(data, name):
        ends = _list(pair, name)
        if len(ends) != 2:
            raise CalendarProblem("wrong_type", name=name, expected='pairs such as ["08:00", "17:00"]')
        frames.append(Frame(parse_clock(_text(ends[0], name)), parse_clock(_text(ends[1], name))))
    return tuple(frames)


def _object(data: object, name: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise CalendarProblem("wrong_type", name=name, expected="an object")
    return data


def _list(data: object, name: str) -> list[Any]:
    if not isinstance(data, list):
        raise CalendarProblem("wrong_type", name=name, expected="a list")
    return data


def _text(data: object, name: str) -> str:
    if not isinstance(data, str):
        raise CalendarProblem("wrong_type", name=name, expected="a text")
    return data


def _texts(form: Mapping[str, Any], name: str) -> list[str]:
    return [_text(entry, name) for entry in _list(form.get(name, []), name)]
