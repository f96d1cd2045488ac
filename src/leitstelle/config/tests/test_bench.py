"""Filling and measuring, with a handful of tickets: that figures come out, not how good they are."""

import os

import pytest
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW
from leitstelle.config.bench import clocks, filling, measuring, sockets, triage
from leitstelle.config.bench.client import Client
from leitstelle.config.bench.measuring import Figure
from leitstelle.config.cli import bench
from leitstelle.config.shipped import ensure_shipped
from leitstelle.kernel.events import verify
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import searchable

COUNT = 60


@pytest.fixture
def filled(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PEOPLE", 20)
    monkeypatch.setattr(filling, "ORGANISATIONS", 3)
    filling.fill(COUNT, now=NOW, report=lambda done, total: None)


def test_a_filled_desk_is_one_the_product_could_have_made(filled: None) -> None:
    assert Ticket.objects.count() == COUNT
    assert Message.objects.count() == COUNT * filling.MESSAGES_EACH
    assert Ticket.objects.filter(is_ongoing=True).count() == TicketClock.objects.count() > 0
    report = verify()
    assert not report.problems
    words = Message.objects.select_related("body").order_by("-pk")[0].body.text.split()
    assert search(max(words, key=len).strip(".,"), {"ticket": searchable(Viewer.system())}).hits


def test_a_long_ticket_has_as_many_messages_as_wanted(filled: None) -> None:
    assert filling.long_ticket(NOW, messages=7).messages.count() == 7


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        (Figure("fast enough", 10, 20, 5, budget=60, statement_budget=12), True),
        (Figure("too slow", 10, 61, 5, budget=60, statement_budget=12), False),
        (Figure("too many statements", 10, 20, 13, budget=60, statement_budget=12), False),
        (Figure("mails", 41, 41, 0, budget=40, unit="/s"), True),
        (Figure("too few mails", 39, 39, 0, budget=40, unit="/s"), False),
        (Figure("nothing promised", 10, 20, 5), None),
    ],
)
def test_a_figure_says_whether_it_keeps_its_budget(figure: Figure, kept: bool | None) -> None:
    assert figure.kept is kept


def test_the_table_marks_what_is_over() -> None:
    lines = list(bench._table([Figure("good", 1, 2, 3, budget=4), Figure("bad", 1, 5, 3, budget=4)]))
    assert "over" not in lines[1]
    assert "over" in lines[2]


@pytest.mark.django_db(transaction=True)
def test_pages_and_weight_are_measured_over_http(desk_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PEOPLE", 20)
    monkeypatch.setattr(filling, "ORGANISATIONS", 3)
    monkeypatch.setattr(measuring, "REPEATS", 1)
    filling.fill(COUNT, now=NOW, report=lambda done, total: None)
    ticket = filling.long_ticket(NOW, messages=3)
    client = Client(desk_server)
    client.sign_in(filling.SEE_ALL, filling.PASSWORD)
    figures = {
        figure.name: figure
        for figure in measuring.measure_pages(client, "all", f"/tickets/{ticket.public_id}/")
    }
    assert {"all: open, page 1", "all: ticket with 50 messages", "all: search common"} <= set(figures)
    weights = {figure.name: figure.median for figure in measuring.measure_weight(client)}
    assert 0 < weights["inbox, later visit"] < weights["inbox, first visit"]


@pytest.mark.django_db(transaction=True)
def test_mail_is_measured_per_core_and_on_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MAILS", 2)
    ensure_shipped(NOW)
    heard: list[tuple[int, int]] = []
    figures = list(measuring.measure_mail(NOW, lambda done, total: heard.append((done, total))))
    assert [figure.unit for figure in figures] == ["/s", "/s"]
    assert heard == [(1, 2), (2, 2)]
    assert Ticket.objects.count() == 3  # one before the time starts, two in it


@pytest.mark.django_db(transaction=True)
def test_chat_sockets_and_the_screen_pop_are_measured(
    desk_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SOCKETS": 3, "CALLS": 1, "ANSWERS": 1, "SETTLE_SECONDS": 0}.items():
        monkeypatch.setattr(sockets, name, value)
    monkeypatch.setattr(filling, "PEOPLE", 20)
    monkeypatch.setattr(filling, "ORGANISATIONS", 3)
    now = timezone.now()
    filling.fill(COUNT, now=now, report=lambda done, total: None)
    client = Client(desk_server)
    client.sign_in(filling.SEE_ALL, filling.PASSWORD)
    figures = [
        *sockets.measure_screen_pop(desk_server, client, now),
        *sockets.measure_chat(desk_server, os.getpid(), now, lambda done, total: None),
    ]
    assert [figure.unit for figure in figures] == ["ms", "MB", "KB", "ms"]
    assert all(figure.p95 > 0 for figure in (figures[0], figures[1], figures[3]))


def test_the_clock_process_is_measured_with_few_and_with_many_clocks(
    filled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "FEW", 40)
    monkeypatch.setattr(clocks, "REPEATS", 2)
    monkeypatch.setattr(clocks, "DUE", 3)
    figures = list(clocks.measure_clocks(90, NOW, lambda done, total: None))
    assert [one.name for one in figures] == [
        "clocks: nothing due of 40",
        "clocks: 3 clocks due of 40",
        "clocks: nothing due of 90",
        "clocks: 3 clocks due of 90",
    ]
    assert TicketClock.objects.filter(next_alarm_at__isnull=False).count() == 90
    assert figures[0].statements == figures[2].statements
    assert figures[2].budget is not None


def test_triage_is_measured(filled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage, "TICKETS", 2)
    monkeypatch.setattr(triage, "RULES", 3)
    names = [one.name for one in triage.measure_triage(NOW, lambda done, total: None)]
    assert names[0].startswith("training on ")
    assert names[-1] == "open a ticket, 3 rules, given out"
    newest = Ticket.objects.order_by("-pk")[0]
    assert not newest.team.is_default  # type: ignore[union-attr]
