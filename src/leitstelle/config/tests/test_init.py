"""`leitstelle init` and the shipped defaults."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import LevelScheme, Organisation, Person
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import default_calendar, version_at
from leitstelle.catalog.models import Category, PriorityCell
from leitstelle.config.cli import main
from leitstelle.config.shipped import ensure_shipped
from leitstelle.kernel.events import Event
from leitstelle.sla.models import Agreement, Target
from leitstelle.tickets.models import Status, Transition

WORDS = ["init", "--company", "Nordwerk", "--domain", "nordwerk.example", "--name", "Ada Berg"]
GOOD_PASSWORD = "correct horse battery"
SHIPPED = (LevelScheme, ServiceCalendar, Category, PriorityCell, Status, Transition, Agreement, Target)

pytestmark = pytest.mark.django_db


def init(monkeypatch: pytest.MonkeyPatch, password: str, *, email: str = "ada@nordwerk.example") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
    return main([*WORDS, "--email", email, "--password-stdin"])


def test_administrator_can_sign_in_with_a_verified_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert init(monkeypatch, GOOD_PASSWORD) == 0
    person = Person.objects.get(contact_points__normalised="ada@nordwerk.example")
    assert person.check_password(GOOD_PASSWORD)
    assert person.contact_points.get().verified_at is not None
    assert set(person.grants.values_list("role", flat=True)) == {Role.ADMINISTRATOR, Role.AGENT}
    assert person.organisation == Organisation.objects.get(name="Nordwerk")


def test_second_administrator_joins_the_same_company(monkeypatch: pytest.MonkeyPatch) -> None:
    assert init(monkeypatch, GOOD_PASSWORD) == 0
    assert init(monkeypatch, GOOD_PASSWORD, email="bo@nordwerk.example") == 0
    assert Organisation.objects.filter(name="Nordwerk").count() == 1


def test_a_weak_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(monkeypatch, "12345") == 1
    assert not Person.objects.exists()
    assert capsys.readouterr().err.strip()


def test_running_again_doubles_nothing_and_changes_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert init(monkeypatch, GOOD_PASSWORD) == 0
    assert init(monkeypatch, "another good password") == 0
    assert Person.objects.count() == 1
    assert Person.objects.get().check_password(GOOD_PASSWORD)


def test_a_whole_desk_from_options_with_a_result_for_scripts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text(GOOD_PASSWORD + "\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    house = [
        "--portal-name",
        "IT-Hilfe",
        "--country",
        "DE",
        "--state",
        "Hamburg",
        "--hours",
        "Mo-Fr 07:30-17:00",
    ]
    desk = ["--levels", "two-tier", "--team", "Empfang:frontdesk", "--team", "Technik:backdesk"]
    box = ["--mailbox", "support@nordwerk.example", "--imap-host", "imap.nordwerk.example"]
    words = [*WORDS, "--email", "ada@nordwerk.example", "--password-file", str(secret), *house, *desk, *box]
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["teams"] == ["Empfang", "Technik"]
    assert result["created"] == ["company", "administrator", "team Empfang", "team Technik", "mailbox"]
    assert (result["levels"], result["mailbox"]) == ("two-tier", "support@nordwerk.example")
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["created"] == []
    place = version_at(default_calendar(), timezone.now())
    assert (place.country, place.subdivision) == ("DE", "HH")
    assert default_calendar().name == "Unsere Servicezeiten", "the shipped name tells other hours"
    assert GOOD_PASSWORD not in str(Event.objects.values_list("data"))


def test_wishes_nobody_can_meet_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--state", "XX"], ["--hours", "von acht bis fünf"], ["--password-file", "/gibt/es/nicht"]):
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        monkeypatch.setenv("LEITSTELLE_INIT_PASSWORD", GOOD_PASSWORD)
        assert main([*WORDS, "--email", "ada@nordwerk.example", *words]) == 1
        assert capsys.readouterr().err.strip()
    assert not Person.objects.exists()


def test_help_speaks_the_language_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for language, word in (("de_DE.UTF-8", "Ebenenmodell"), ("en_GB.UTF-8", "scheme of levels")):
        monkeypatch.setenv("LANGUAGE", language)
        with pytest.raises(SystemExit):
            main(["init", "--help"])
        assert word in capsys.readouterr().out
    monkeypatch.setenv("LANGUAGE", "de")
    assert main(["--help"]) == 0
    assert "Befehle:" in capsys.readouterr().out


def test_without_a_terminal_everything_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["init", "--company", "Nordwerk"]) == 2


def test_shipped_defaults_are_stored_once() -> None:
    ensure_shipped(timezone.now())
    first = [model.objects.count() for model in SHIPPED]
    assert all(first)
    ensure_shipped(timezone.now())
    assert [model.objects.count() for model in SHIPPED] == first
