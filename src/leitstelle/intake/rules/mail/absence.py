"""Until when somebody is away, as an out-of-office note says it in German, English, French or Italian.

A note says so in many ways; where two dates stand as the end, or none can be told from the others, there is none.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_NOTE = 3_000
# A note speaks of the coming months; what lies further away is something else, or a slip.
_LONGEST = timedelta(days=400)
_MONTHS = (
    ("januar", "jänner", "january", "jan", "janvier", "janv", "gennaio", "genn"),
    ("februar", "feber", "february", "feb", "février", "fevrier", "févr", "febbraio", "febb"),
    ("märz", "maerz", "mrz", "march", "mar", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "aprile"),
    ("mai", "may", "maggio", "magg"),
    ("juni", "june", "jun", "juin", "giugno", "giu"),
    ("juli", "july", "jul", "juillet", "juil", "luglio", "lug"),
    ("august", "aug", "août", "aout", "agosto", "ago"),
    ("september", "sept", "sep", "septembre", "settembre", "sett"),
    ("oktober", "okt", "october", "oct", "octobre", "ottobre", "ott"),
    ("november", "nov", "novembre"),
    ("dezember", "dez", "december", "dec", "décembre", "decembre", "déc", "dicembre", "dic"),
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAME = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
_YEAR = r"(?:\s*,?\s*(?P<year>20\d\d|\d\d(?!\d|[.:]\d|\s*(?:uhr|h\b))))?"
_ORDINAL = r"(?:st|nd|rd|th|er|\.|º|°)?"
# Day and month in figures; with a stroke the day comes first, except in English.
_DATES = (
    re.compile(r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"),
    re.compile(
        r"(?P<day>\d{1,2})\s*\.\s*(?P<month>\d{1,2})\s*\.?(?:\s*(?P<year>20\d\d|\d\d(?![\d:.]))(?!\d))?"
    ),
    re.compile(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?!\d)"),
    re.compile(rf"(?P<day>\d{{1,2}}){_ORDINAL}\s+(?:of\s+|de\s+|di\s+)?(?P<name>{_NAME})\b\.?{_YEAR}"),
    re.compile(rf"(?P<name>{_NAME})\b\.?\s+(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}(?!\d){_YEAR}"),
)
_DAY_NAME = (
    r"(?:(?:(?:ein(?:schl(?:\.|ie(?:ß|ss)lich))?|zum|den|dem|and including|the|le|au|al|il|lunedì|sunday)\s+)"
    r"|(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|(?:mo|di|mi|do|fr|sa|so)\.|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\b\.?|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)\s*,?\s*(?:dem|den|the|le|il)?\s*){0,4}"
)
_AGAIN = r"(?:back|return(?:ing)?|reachable|available|again)"
# What stands before the last day away, and before the first day back.
_UNTIL = re.compile(
    rf"\b(?:bis(?:\s+(?:zum|einschl(?:\.|ie(?:ß|ss)lich)))?|until|till|through|thru|jusqu['’]au|jusqu['’]à|fino\s+al(?:l['’])?"
    rf"|(?:du|dal|from|vom)\s[^\n]{{1,40}}?\s(?:au|al|to|bis(?:\s+zum)?))\s*{_DAY_NAME}$",
)
_BACK = re.compile(
    rf"(?:\bab\s+(?:dem\s+)?|{_AGAIN}[^\n.]{{0,30}}\s(?:on|from|as\s+of)\s+|wieder\s+(?:ab|am)\s+(?:dem\s+)?"
    rf"|zurück\s+(?:ab|am)\s+|de\s+retour\s+(?:le|à\s+partir\s+du)\s+|(?:rientro|ritorno|di\s+ritorno|di\s+nuovo[^\n.]{{0,30}})\s+"
    rf"(?:il|dal)\s+|\b(?:am)\s+){_DAY_NAME}$",
)
_BACK_NEEDS = re.compile(
    r"wieder|zurück|back|return|retour|joignable|rientr|ritorn|di nuovo|reachable|available|erreichbar"
)


def away_until(text: str, written: date) -> date | None:
    """The last day of the absence a note tells of, written on that day; None where it cannot be told.

    "Back on" counts as the day before.
    """
    note = text[:_NOTE].casefold()
    english = bool(re.search(r"\b(until|back|office|leave|return|away|through)\b", note))
    found = set(_ends(note, written, english=english))
    usable = {day for day in found if written <= day <= written + _LONGEST}
    return max(usable) if usable and max(usable) - min(usable) <= timedelta(days=4) else None


def _ends(note: str, written: date, *, english: bool) -> Iterator[date]:
    taken: list[tuple[int, int]] = []
    for form in _DATES:
        for match in form.finditer(note):
            if any(match.start() < end and begin < match.end() for begin, end in taken):
                continue
            taken.append(match.span())
            day = _day(match, written, english=english)
            before = note[max(0, match.start() - 90) : match.start()]
            if day is None:
                continue
            if _UNTIL.search(before):
                yield day
            elif _BACK.search(before) and _BACK_NEEDS.search(_sentence(note, match)):
                yield day - timedelta(days=1)


def _sentence(note: str, match: re.Match[str]) -> str:
    """The words around a date up to the ends of its sentence; a dot within a date ends none."""
    begin = max((note.rfind(mark, 0, match.start()) for mark in (". ", "! ", "? ", "\n\n")), default=0)
    ends = [at for mark in (". ", "! ", "? ", "\n\n") if (at := note.find(mark, match.end())) >= 0]
    return note[max(begin, 0) : min(ends, default=len(note))]


def _day(match: re.Match[str], written: date, *, english: bool) -> date | None:
    parts = match.groupdict()
    if "first" in parts:
        day, month = int(parts["first"]), int(parts["second"])
        if english and day != month and max(day, month) <= 12:
            # 03/04 is in March or in April, depending on who writes.
            return None
        if month > 12:
            day, month = month, day
    else:
        day = int(parts["day"])
        month = _NUMBER_OF[parts["name"]] if parts.get("name") else int(parts["month"])
    year = int(parts["year"]) if parts.get("year") else None
    try:
        if year is not None:
            return date(year + 2000 if year < 100 else year, month, day)
        here = date(written.year, month, day)
    except ValueError:
        return None
    # Without a year it is the next such day; a few days back it was a note somebody forgot.
    return here if here >= written - timedelta(days=60) else here.replace(year=written.year + 1)
