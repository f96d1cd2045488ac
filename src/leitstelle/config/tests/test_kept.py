"""Master data kept per process: known until something happens to it, and never longer than allowed."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Level
from leitstelle.accounts.tests.cast import NOW, SYSTEM, make_team
from leitstelle.kernel import kept as memory
from leitstelle.kernel.events import Event, unit
from leitstelle.kernel.kept import forget, kept
from leitstelle.kernel.search.projecting import project
from leitstelle.tickets.queries.people import teams_in_use


@pytest.fixture(autouse=True)
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "MASTER_DATA_SECONDS", 60)
    forget()
    yield
    forget()


class _Source:
    def __init__(self) -> None:
        self.asked = 0
        self.rows = ["one"]

        @kept("sample")
        def read(key: int) -> list[str]:
            self.asked += 1
            return list(self.rows)

        self.read = read


def test_answers_from_memory_until_it_is_told_to_forget() -> None:
    source = _Source()
    assert source.read(1) == source.read(1) == ["one"]
    assert source.asked == 1
    forget(("other",))
    source.read(1)
    assert source.asked == 1
    forget(("sample",))
    source.read(1)
    assert source.asked == 2


def test_arguments_are_told_apart_and_nothing_is_not_kept() -> None:
    source = _Source()
    source.read(1)
    source.read(2)
    assert source.asked == 2
    source.rows = []
    source.read(3)
    source.read(3)
    assert source.asked == 4


def test_nothing_is_kept_longer_than_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    source = _Source()
    source.read(1)
    now += 59
    source.read(1)
    assert source.asked == 1
    now += 2
    source.read(1)
    assert source.asked == 2


def test_memory_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST", 2)
    source = _Source()
    for key in (1, 2, 3, 1):
        source.read(key)
    assert source.asked == 4


@pytest.mark.django_db
def test_a_change_counts_at_once_in_the_process_that_made_it() -> None:
    make_team("Netz")
    assert [team.name for team in teams_in_use()] == ["Netz"]
    make_team("Server")
    assert {team.name for team in teams_in_use()} == {"Netz", "Server"}


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_remembered() -> None:
    make_team("Netz")
    level = teams_in_use()[0].level
    with pytest.raises(ZeroDivisionError):
        _create_and_fail(level)
    assert [team.name for team in teams_in_use()] == ["Netz"]


@unit
def _create_and_fail(level: Level) -> None:
    accounts.create_team(accounts.TeamInput(name="Server", level=level), by=SYSTEM, now=NOW)
    assert len(teams_in_use()) == 2
    raise ZeroDivisionError


@pytest.mark.django_db
def test_another_process_learns_of_it_from_the_journal() -> None:
    from_elsewhere = make_team("Netz")
    assert teams_in_use()
    type(from_elsewhere).objects.filter(pk=from_elsewhere.pk).update(name="Netzwerk")
    assert teams_in_use()[0].name == "Netz"
    project(_events_of("team"))
    assert teams_in_use()[0].name == "Netzwerk"


def _events_of(kind: str) -> list[Event]:
    return list(Event.objects.filter(subject_kind=kind))
