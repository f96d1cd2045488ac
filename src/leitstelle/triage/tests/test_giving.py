"""Distribution at work: who gets what, that nobody gets the same ticket twice, and why is kept."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, email, make_agent
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.kept import forget
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.giving import give_waiting, take_next
from leitstelle.triage.actions.skills import (
    AgentInput,
    ModeInput,
    SkillInput,
    save_agent,
    save_mode,
    save_skill,
)
from leitstelle.triage.choices import Mode
from leitstelle.triage.errors import NothingWaits, TooManyOpen
from leitstelle.triage.models import Routing, Skill, TeamMode, Unassigned
from leitstelle.triage.tests.test_sorting import category, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    forget()
    return make_desk()


def set_mode(desk: Desk, mode: Mode, **more: Any) -> None:
    save_mode(desk.first, ModeInput(mode=mode, **more), by=SYSTEM, now=NOW)


def hire(desk: Desk, name: str) -> Person:
    person = make_agent(name, email(f"{name.lower()}@desk.example"))
    TeamMembership.objects.create(team=desk.first, person=person)
    return person


def given(ticket: Ticket) -> list[Event]:
    return list(events_for(Subject("ticket", ticket.pk)).filter(code="triage.ticket_given"))


def test_without_a_way_tickets_wait_and_are_watched(desk: Desk) -> None:
    ticket = desk.open()
    assert ticket.assignee is None
    assert Unassigned.objects.get(ticket=ticket).check_at == NOW + timedelta(minutes=60)


def test_round_robin_goes_round(desk: Desk) -> None:
    hire(desk, "Bert")
    set_mode(desk, Mode.ROUND_ROBIN)
    names = [desk.open(now=NOW + timedelta(minutes=number)).assignee for number in range(6)]
    assert names[:3] == names[3:]
    assert len(set(names)) == 3
    assert not Unassigned.objects.exists()


def test_least_loaded_says_why_and_limits_hold(desk: Desk) -> None:
    set_mode(desk, Mode.LEAST_LOADED, limit=2)
    first = desk.open()
    assert first.assignee is not None
    assert given(first)[0].data["reasons"] == ["load"]
    assert given(first)[0].data["load"] == 0
    for _number in range(3):
        desk.open()
    assert desk.open().assignee is None, "both have two"
    assert Routing.objects.filter(way="distributed").count() == 4


def test_skill_language_and_working_hours_decide(desk: Desk) -> None:
    vpn = category()
    save_skill(None, SkillInput(name_de="VPN", name_en="VPN", category_ids=(vpn.pk,)), by=SYSTEM, now=NOW)
    skill = Skill.objects.get()
    bert = hire(desk, "Bert")
    save_agent(bert, AgentInput(skills={skill.pk: 2}), by=SYSTEM, now=NOW)
    make_rule("VPN", ("words", "contains", ["vpn"]), category=vpn.pk)
    set_mode(desk, Mode.LEAST_LOADED)
    assert [desk.open("VPN").assignee for _number in range(3)] == [bert] * 3
    assert given(Ticket.objects.order_by("-pk")[0])[0].data["reasons"] == ["skill", "only"]
    save_agent(bert, AgentInput(skills={skill.pk: 2}, takes=False), by=SYSTEM, now=NOW)
    assert desk.open("VPN").assignee != bert


def test_whoever_gives_it_back_does_not_get_it_again(desk: Desk) -> None:
    set_mode(desk, Mode.ROUND_ROBIN)
    ticket = desk.open()
    first = ticket.assignee
    assert first is not None
    tickets.release_ticket(ticket, by=as_agent(first), now=NOW)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert Unassigned.objects.get(ticket=ticket).check_at == NOW + timedelta(minutes=60)
    assert give_waiting(NOW) == 1
    ticket.refresh_from_db()
    assert ticket.assignee not in (None, first)


def test_handovers_find_a_person(desk: Desk) -> None:
    save_mode(desk.second, ModeInput(mode=Mode.LEAST_LOADED), by=SYSTEM, now=NOW)
    ticket = desk.open()
    offer = tickets.HandoverOffer(to_team=desk.second, reason="x", tried="y")
    tickets.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    assert Ticket.objects.get(pk=ticket.pk).assignee == desk.expert


def test_the_next_best_ticket_is_taken_with_its_reasons(desk: Desk) -> None:
    set_mode(desk, Mode.PULL, limit=2)
    calm = desk.open("calm")
    pressing = desk.open("pressing")
    wanted = tickets.Classification(kind="incident", category_id=None, impact="business", urgency="stopped")
    tickets.classify(pressing, wanted, by=SYSTEM, now=NOW)
    first = take_next(by=desk.as_agent(), now=NOW)
    assert first.ticket == pressing
    assert "priority" in given(pressing)[0].data["reasons"]
    assert take_next(by=desk.as_agent(), now=NOW).ticket == calm
    desk.open("third")
    with pytest.raises(TooManyOpen):
        take_next(by=desk.as_agent(), now=NOW)
    assert take_next(by=desk.as_lead(), now=NOW).ticket.subject == "third"
    with pytest.raises(NothingWaits):
        take_next(by=desk.as_lead(), now=NOW)
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {desk.agent.pk, desk.lead.pk}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_get_the_same_ticket(desk: Desk) -> None:
    set_mode(desk, Mode.PULL)
    for number in range(12):
        desk.open(f"T{number}")
    taken: list[int] = []

    def work(person: Person, now: datetime) -> None:
        viewer = as_agent(person)
        try:
            while True:
                taken.append(take_next(by=viewer, now=now).ticket.pk)
        except NothingWaits:
            return
        finally:
            connections.close_all()

    people = [desk.agent, desk.lead, hire(desk, "Bert"), hire(desk, "Cora")]
    threads = [threading.Thread(target=work, args=(person, NOW)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken)) == 12
    assert Event.objects.filter(code="triage.ticket_given").count() == 12


@pytest.mark.django_db(transaction=True)
def test_two_processes_share_out_fairly_and_give_nothing_twice(desk: Desk) -> None:
    for name in ("Bert", "Cora"):
        hire(desk, name)
    for number in range(12):
        desk.open(f"T{number}")
    TeamMode.objects.create(team=desk.first, mode=Mode.LEAST_LOADED)
    forget()

    def work() -> None:
        try:
            give_waiting(NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Event.objects.filter(code="triage.ticket_given").count() == 12
    loads = [
        Ticket.objects.filter(assignee=pk).count()
        for pk in desk.first.memberships.values_list("person", flat=True)
    ]
    assert sum(loads) == 12
    # On SQLite one process after the other writes; on PostgreSQL the team's row makes them choose one by one.
    assert max(loads) - min(loads) <= 1, connection.vendor
