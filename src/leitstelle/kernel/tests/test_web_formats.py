"""How values are written: German and English, in the viewer's zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from leitstelle.kernel.web import formats

NOON = datetime(2026, 3, 17, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "call", "expected"),
    [
        ("de", lambda: formats.day(NOON), "17.03.2026"),
        ("en", lambda: formats.day(NOON), "17 Mar 2026"),
        ("de", lambda: formats.long_day(date(2026, 3, 17)), "Dienstag, 17. März 2026"),
        ("en", lambda: formats.long_day(date(2026, 3, 17)), "Tuesday, 17 March 2026"),
        ("de", lambda: formats.clock_time(NOON), "14:05"),
        ("de", lambda: formats.number(12345.67, 1), "12.345,7"),
        ("en", lambda: formats.number(12345.67, 1), "12,345.7"),
        ("de", lambda: formats.percent(0.057), "5,7\N{NO-BREAK SPACE}%"),
        ("en", lambda: formats.percent(0.057), "5.7%"),
        ("de", lambda: formats.filesize(184_000), "184\N{NO-BREAK SPACE}KB"),
        ("de", lambda: formats.filesize(2_400_000), "2,4\N{NO-BREAK SPACE}MB"),
        ("de", lambda: formats.hours_minutes(timedelta(hours=1, minutes=12)), "1:12"),
        ("de", lambda: formats.hours_minutes(-1080), "0:18"),
        ("en", lambda: formats.duration(4320), "1:12 h"),
        ("en", lambda: formats.duration(3 * 86_400), "3 days"),
        ("en", lambda: formats.ago(NOON, NOON + timedelta(minutes=12)), "12 min ago"),
        ("en", lambda: formats.ago(NOON, NOON + timedelta(seconds=20)), "just now"),
        ("en", lambda: formats.ago(NOON, NOON - timedelta(hours=2)), "in 2 h"),
        ("de", lambda: formats.short(NOON, NOON + timedelta(hours=3)), "14:05"),
        ("de", lambda: formats.short(NOON, NOON + timedelta(days=20)), "17. März"),
        ("de", lambda: formats.short(NOON, NOON + timedelta(days=400)), "17.03.2026"),
    ],
)
def test_values_read_as_people_of_the_language_write_them(
    language: str, call: Callable[[], str], expected: str
) -> None:
    with translation.override(language), timezone.override(ZoneInfo("Europe/Berlin")):
        assert call() == expected


def test_machine_form_is_utc() -> None:
    assert formats.iso(NOON.astimezone(ZoneInfo("Europe/Berlin"))) == "2026-03-17T13:05:00Z"


@pytest.mark.parametrize(
    ("name", "letters"), [("Mareike Thomsen", "MT"), ("Dr. Linh Pham", "LP"), ("Öztürk", "Ö"), ("", "?")]
)
def test_initials_leave_out_titles(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


@pytest.mark.parametrize(("share", "step"), [(-5, 0), (0.4, 0), (63.6, 64), (180, 100)])
def test_widths_stay_between_nothing_and_all(share: float, step: int) -> None:
    assert formats.step(share) == step
