"""How dates, durations, numbers and sizes are written for people, in German and English.

Owns: the wording of plain values (17.03.2026, 14:05 Uhr; 1:12 Std.; 5,7 %). Times are shown in Django's current
time zone, which the viewer middleware sets. Leaves sentences to templates and their translations.
"""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

_MONTHS = {
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_MONTHS_SHORT = {
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_DAYS = {
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def language() -> str:
    """Language of the current thread, one of those shipped."""
    return "de" if (translation.get_language() or "de").startswith("de") else "en"


def local(value: datetime) -> datetime:
    """The instant in the viewer's time zone."""
    return timezone.localtime(value)


def iso(value: datetime | date) -> str:
    """Machine form for `<time datetime>`: UTC with Z for instants, ISO date for days."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()


def day(value: date | datetime) -> str:
    """17.03.2026 or 17 Mar 2026."""
    here = local(value) if isinstance(value, datetime) else value
    if language() == "de":
        return f"{here:%d.%m.%Y}"
    return f"{here.day} {_MONTHS_SHORT['en'][here.month - 1]} {here.year}"


def clock_time(value: datetime) -> str:
    """14:05, without the word for it."""
    return f"{local(value):%H:%M}"


def day_time(value: datetime) -> str:
    """17.03.2026, 14:05 Uhr or 17 Mar 2026, 14:05."""
    return _("%(day)s, %(time)s") % {"day": day(value), "time": clock_time(value)}


def field_time(value: datetime) -> str:
    """The viewer's wall time as a field of type datetime-local holds it."""
    return f"{local(value):%Y-%m-%dT%H:%M}"


def long_day(value: date | datetime) -> str:
    """Dienstag, 17. März 2026 or Tuesday, 17 March 2026."""
    here = local(value) if isinstance(value, datetime) else value
    words = language()
    dot = "." if words == "de" else ""
    weekday, month = _DAYS[words][here.weekday()], _MONTHS[words][here.month - 1]
    return f"{weekday}, {here.day}{dot} {month} {here.year}"


def short(value: datetime, now: datetime | None = None) -> str:
    """The shortest form that is clear: 14:05 today, "yesterday", 17. März this year, else 17.03.2026."""
    here, today = local(value), local(now or timezone.now())
    if here.date() == today.date():
        return clock_time(value)
    if here.date() == today.date() - timedelta(days=1):
        return _("yesterday")
    if here.year == today.year:
        words = language()
        dot = "." if words == "de" else ""
        return f"{here.day}{dot} {_MONTHS_SHORT[words][here.month - 1]}"
    return day(value)


def ago(value: datetime, now: datetime | None = None) -> str:
    """Distance in words: "just now", "12 min ago", "3 h ago", then days; future instants likewise."""
    seconds = round(((now or timezone.now()) - value).total_seconds())
    amount = _amount(abs(seconds))
    if not amount:
        return _("just now")
    return (_("%(amount)s ago") if seconds > 0 else _("in %(amount)s")) % {"amount": amount}


def _amount(seconds: int) -> str:
    if seconds < 60:
        return ""
    if seconds < 3600:
        return _("%(count)s min") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("%(count)s h") % {"count": seconds // 3600}
    days = seconds // 86_400
    # German needs the dative here: vor 2 Tagen, in 2 Tagen.
    return npgettext("after ago or in", "%(count)s day", "%(count)s days", days) % {"count": days}


def hours_minutes(value: timedelta | float) -> str:
    """Hours and minutes without unit: 1:12. Seconds are cut, the sign is dropped."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    minutes = int(abs(seconds)) // 60
    return f"{minutes // 60}:{minutes % 60:02d}"


def duration(value: timedelta | float) -> str:
    """1:12 Std. or 1:12 h; from two days on in days."""
    seconds = abs(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds >= 2 * 86_400:
        days = int(seconds // 86_400)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return pgettext("hours and minutes", "%(hours)s h") % {"hours": hours_minutes(seconds)}


def number(value: float, digits: int = 0) -> str:
    """12.345,6 or 12,345.6 with the given digits after the point."""
    text = f"{value:,.{digits}f}"
    if language() == "de":
        return text.translate(str.maketrans(",.", ".,"))
    return text


def percent(value: float, digits: int = 1) -> str:
    """Share between 0 and 1 as 5,7 % (German, with a no-break space) or 5.7%."""
    text = number(value * 100, digits)
    return f"{text}\N{NO-BREAK SPACE}%" if language() == "de" else f"{text}%"


def filesize(size: int) -> str:
    """184 KB, 2,4 MB; 1 KB is 1000 bytes."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return (
                f"{number(amount, 0 if unit in {'B', 'KB'} or amount >= 10 else 1)}\N{NO-BREAK SPACE}{unit}"
            )
        amount /= 1000
    return f"{number(amount, 1)}\N{NO-BREAK SPACE}GB"


def initials(name: str) -> str:
    """Two letters for an avatar: first and last word, titles left out."""
    words = [word for word in name.replace("-", " ").split() if not word.endswith(".")]
    if not words:
        return "?"
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return letters.upper()


def colour_of(name: str) -> int:
    """One of the five avatar colours, the same for the same name in every process."""
    return sum(name.encode()) % 5 + 1


def step(value: float) -> int:
    """A share in per cent as whole number from 0 to 100, for the `p-…` width classes."""
    return max(0, min(100, round(value)))
