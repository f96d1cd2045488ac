"""`leitstelle sla explain`: in the language of the terminal and the time of the house."""

from argparse import Namespace
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from leitstelle.accounts.tests.cast import NOW
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.config.cli import sla
from leitstelle.kernel.kept import forget
from leitstelle.sla import actions as agreements
from leitstelle.tickets.tests.desk import Desk, make_desk


@pytest.fixture
def desk(db: None) -> Desk:
    forget()
    calendars.ensure_defaults(NOW)
    made = make_desk()
    agreements.ensure_defaults(default_calendar(), name="Standard", now=NOW)
    return made


@pytest.mark.parametrize(("language", "word"), [("de_DE.UTF-8", "geöffnet"), ("en", "opened")])
def test_it_speaks_the_language_of_the_terminal_and_the_time_of_the_house(
    desk: Desk,
    language: str,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    ticket = desk.open()
    assert sla.run(Namespace(command="explain", ticket=ticket.number, json=False)) == 0
    told = capsys.readouterr().out
    assert word in told
    house = ticket.opened_at.astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE))
    assert f"{house:%H:%M}" in told
