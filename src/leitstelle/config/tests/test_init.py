"""`leitstelle init` and the shipped defaults."""

import io
import sys

import pytest
from django.utils import timezone

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import LevelScheme, Organisation, Person
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category, PriorityCell
from leitstelle.config.cli import main
from leitstelle.config.shipped import ensure_shipped
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


def test_weak_password_and_known_address_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(monkeypatch, "12345") == 1
    assert not Person.objects.exists()
    assert init(monkeypatch, GOOD_PASSWORD) == 0
    capsys.readouterr()
    assert init(monkeypatch, GOOD_PASSWORD) == 1
    assert capsys.readouterr().err.strip()
    assert Person.objects.count() == 1


def test_without_a_terminal_everything_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["init", "--company", "Nordwerk"]) == 2


def test_shipped_defaults_are_stored_once() -> None:
    ensure_shipped(timezone.now())
    first = [model.objects.count() for model in SHIPPED]
    assert all(first)
    ensure_shipped(timezone.now())
    assert [model.objects.count() for model in SHIPPED] == first
