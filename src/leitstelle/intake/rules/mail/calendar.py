"""Invitations, changes, cancellations and answers in a mail (RFC 5545, 5546): what, when, where, by whom. Bounded."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .parsed import CalendarEvent

MAX_LINES = 20_000
MAX_EVENTS = 20
_LINE = re.compile(r"([A-Za-z0-9-]{1,60})((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,40})=(\"[^\"]*\"|[^;]*)")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?\Z")
_LENGTH = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?\Z")
# Names that Windows gives to the zones of those who write to us most.
_WINDOWS = {
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "romance standard time": "Europe/Paris",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "gtb standard time": "Europe/Bucharest",
    "turkey standard time": "Europe/Istanbul",
    "russian standard time": "Europe/Moscow",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai",
    "tokyo standard time": "Asia/Tokyo",
    "utc": "UTC",
}
Parameters = dict[str, str]


def read_calendar(text: str, method: str = "") -> list[CalendarEvent]:
    """The events of a calendar, without changes of single dates of a series. `method` is that of the part."""
    found: list[CalendarEvent] = []
    open_event: CalendarEvent | None = None
    inside = ""
    for name, parameters, value in _fields(text):
        if name == "METHOD":
            method = method or value.strip()[:20]
        elif name == "BEGIN":
            inside = value.strip().upper()
            if inside == "VEVENT" and len(found) < MAX_EVENTS:
                open_event = CalendarEvent()
        elif name == "END":
            if value.strip().upper() == "VEVENT" and open_event is not None:
                found.append(open_event)
                open_event = None
            inside = "VEVENT" if open_event is not None else ""
        elif open_event is not None and inside == "VEVENT":
            open_event = _with(open_event, name, parameters, value)
    method = method.upper()
    return [replace(event, method=_method(event, method)) for event in found if event.start or event.uid]


def _method(event: CalendarEvent, method: str) -> str:
    return "CANCEL" if event.status == "CANCELLED" and method in ("", "REQUEST", "PUBLISH") else method


def _fields(text: str) -> list[tuple[str, Parameters, str]]:
    lines: list[list[str]] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MAX_LINES)[:MAX_LINES]:
        if line[:1] in (" ", "\t") and lines:
            if len(lines[-1]) < 2_000:
                lines[-1].append(line[1:])
        else:
            lines.append([line])
    fields = []
    for pieces in lines:
        match = _LINE.fullmatch("".join(pieces)[:20_000])
        if match:
            parameters = {key.upper(): value.strip('"') for key, value in _PARAMETER.findall(match[2])}
            fields.append((match[1].upper(), parameters, match[3]))
    return fields


def _with(event: CalendarEvent, name: str, parameters: Parameters, value: str) -> CalendarEvent:
    if name == "UID":
        return replace(event, uid=value.strip()[:255])
    if name == "SEQUENCE" and value.strip().isdecimal():
        return replace(event, sequence=min(int(value[:10]), 2**31 - 1))
    if name in ("SUMMARY", "LOCATION", "ORGANIZER", "ATTENDEE"):
        return _with_words(event, name, parameters, value)
    if name == "STATUS":
        return replace(event, status=value.strip().upper()[:20])
    if name == "RRULE":
        return replace(event, repeats=True)
    if name == "DTSTART":
        moment, whole_day, zone = _moment(parameters, value)
        return replace(event, start=moment, all_day=whole_day, zone=zone)
    if name == "DTEND":
        return replace(event, end=_moment(parameters, value)[0])
    if name == "DURATION" and event.start is not None:
        return replace(event, end=event.start + _length(value))
    return event


def _with_words(event: CalendarEvent, name: str, parameters: Parameters, value: str) -> CalendarEvent:
    if name == "SUMMARY":
        return replace(event, summary=_unescaped(value)[:300])
    if name == "LOCATION":
        return replace(event, location=_unescaped(value)[:300])
    if name == "ORGANIZER":
        return replace(event, organizer=_person(parameters, value))
    if event.answer:
        return event
    answer = parameters.get("PARTSTAT", "").upper()[:20]
    return replace(event, answer=answer, attendee=_person(parameters, value))


def _person(parameters: Parameters, value: str) -> str:
    address = re.sub(r"(?i)^mailto:", "", value.strip())
    name = parameters.get("CN", "").strip()
    return (f"{name} <{address}>" if name and name.lower() != address.lower() else address)[:300]


def _unescaped(value: str) -> str:
    return re.sub(r"\\([nN,;\\])", lambda m: " " if m[1] in "nN" else m[1], value).strip()


def _moment(parameters: Parameters, value: str) -> tuple[datetime | None, bool, str]:
    """When, whether it is a whole day, and the zone it was written in."""
    found = _STAMP.match(value.strip())
    if found is None:
        return None, False, ""
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return datetime.combine(day, time(0), tzinfo=UTC), True, ""
        clock = time(int(found[4]), int(found[5]), min(int(found[6]), 59))
        zone = "UTC" if found[7] else zone_name(parameters.get("TZID", ""))
        return datetime.combine(day, clock, tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC), False, zone
    except (ValueError, OverflowError):
        return None, False, ""


def zone_name(given: str) -> str:
    """The IANA name of a zone, also of one that Windows names; empty where it is not known."""
    name = given.strip().strip("/")
    known = _WINDOWS.get(name.lower())
    if known:
        return known
    for candidate in (name, "/".join(name.split("/")[-2:])):
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,2}", candidate):
            try:
                return ZoneInfo(candidate).key
            except (ValueError, OSError, KeyError):
                continue
    return ""


def _length(value: str) -> timedelta:
    found = _LENGTH.match(value.strip().lstrip("+"))
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 5
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
