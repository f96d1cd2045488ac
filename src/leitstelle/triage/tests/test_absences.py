"""Absences and deputies, what is taken over, and that nothing lies without somebody being told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.kept import forget
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.absences import (
    AbsenceInput,
    change_absence,
    enter_absence,
    remove_absence,
    tell_of_absences,
)
from leitstelle.triage.actions.skills import ModeInput, save_mode
from leitstelle.triage.actions.watching import tell_of_unassigned
from leitstelle.triage.choices import Away, Mode
from leitstelle.triage.errors import AbsenceBackwards, AbsenceOverlaps, DeputyNotPossible
from leitstelle.triage.models import Absence, AgentProfile, AgentSkill, Skill, TeamMode, Unassigned

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def desk() -> Desk:
    forget()
    return make_desk()


def leave(person: Person, deputy: Person | None = None, first: date = TODAY, last: date = TODAY) -> Absence:
    new = AbsenceInput(first_day=first, last_day=last, deputy_id=deputy.pk if deputy else None)
    return enter_absence(person, new, by=SYSTEM, now=NOW)


def mine(desk: Desk) -> Ticket:
    ticket = desk.open()
    tickets.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    return ticket


def write(desk: Desk, ticket: Ticket) -> Ticket:
    tickets.reply(ticket, "Noch etwas", recipients=(), by=desk.as_requester(), now=NOW + timedelta(minutes=5))
    return Ticket.objects.get(pk=ticket.pk)


def test_days_are_those_of_the_person(desk: Desk) -> None:
    absence = leave(desk.agent, first=date(2026, 3, 29), last=date(2026, 3, 29))
    assert absence.ends_at - absence.begins_at == timedelta(hours=23), "the clock goes forward that night"
    assert absence.begins_at == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "more"),
    [
        (AbsenceBackwards, {"last_day": TODAY - timedelta(days=1)}),
        (AbsenceBackwards, {"last_day": TODAY + timedelta(days=2000)}),
    ],
)
def test_days_that_make_no_sense_are_refused(desk: Desk, wrong: Any, more: Any) -> None:
    with pytest.raises(wrong):
        enter_absence(
            desk.agent, AbsenceInput(**{"first_day": TODAY, "last_day": TODAY, **more}), by=SYSTEM, now=NOW
        )


def test_overlaps_and_impossible_deputies_are_refused(desk: Desk) -> None:
    absence = leave(desk.agent)
    with pytest.raises(AbsenceOverlaps):
        leave(desk.agent, last=TODAY + timedelta(days=3))
    for person in (desk.lead, desk.requester):
        with pytest.raises(DeputyNotPossible):
            leave(
                person if person is desk.lead else desk.expert,
                deputy=desk.agent if person is desk.lead else person,
            )
    change_absence(
        absence, AbsenceInput(first_day=TODAY, last_day=TODAY + timedelta(days=1)), by=SYSTEM, now=NOW
    )
    remove_absence(absence, by=desk.as_agent(), now=NOW)
    assert not Absence.objects.exists()


def test_people_enter_their_own_and_leads_everybodys(desk: Desk) -> None:
    new = AbsenceInput(first_day=TODAY, last_day=TODAY)
    with pytest.raises(NotAllowed):
        enter_absence(desk.expert, new, by=desk.as_agent(), now=NOW)
    enter_absence(desk.agent, new, by=desk.as_agent(), now=NOW)
    enter_absence(desk.expert, new, by=desk.as_lead(), now=NOW)


def test_whoever_is_away_is_given_nothing(desk: Desk) -> None:
    save_mode(desk.first, ModeInput(mode=Mode.ROUND_ROBIN), by=SYSTEM, now=NOW)
    leave(desk.agent)
    assert {desk.open().assignee for _number in range(3)} == {desk.lead}


@pytest.mark.parametrize(("away", "to"), [(Away.STAY, "agent"), (Away.DEPUTY, "lead"), (Away.TEAM, "")])
def test_what_requesters_write_to_absent_people_goes_where_the_team_wants_it(
    desk: Desk, away: Away, to: str
) -> None:
    save_mode(desk.first, ModeInput(mode=Mode.NONE, away=away), by=SYSTEM, now=NOW)
    ticket = mine(desk)
    leave(desk.agent, deputy=desk.lead)
    ticket = write(desk, ticket)
    assert ticket.assignee == (getattr(desk, to) if to else None)
    assert ticket.team == desk.first
    given = events_for(Subject("ticket", ticket.pk)).filter(code="triage.ticket_given")
    assert [one.data["reasons"] for one in given] == ([["absent", "deputy"]] if away is Away.DEPUTY else [])


def test_a_deputy_who_is_away_too_or_of_another_team_leaves_it_to_the_team(desk: Desk) -> None:
    save_mode(desk.first, ModeInput(mode=Mode.NONE, away=Away.DEPUTY), by=SYSTEM, now=NOW)
    ticket = mine(desk)
    leave(desk.agent, deputy=desk.expert)
    assert write(desk, ticket).assignee is None


def test_an_absence_that_begins_is_noted_once(desk: Desk) -> None:
    ticket = mine(desk)
    leave(desk.agent, deputy=desk.expert)
    assert tell_of_absences(NOW) == 1
    assert tell_of_absences(NOW) == 0
    noted = events_for(Subject("ticket", ticket.pk)).get(code="triage.assignee_away")
    assert noted.data == {"person_id": desk.agent.pk, "deputy_id": desk.expert.pk}


def test_a_ticket_nobody_takes_is_noted_once_and_what_is_taken_is_not(desk: Desk) -> None:
    alone, taken = desk.open(), mine(desk)
    assert tell_of_unassigned(NOW + timedelta(minutes=59)) == 0
    assert tell_of_unassigned(NOW + timedelta(minutes=61)) == 2
    assert tell_of_unassigned(NOW + timedelta(hours=9)) == 0
    assert [event.subject_id for event in Event.objects.filter(code="triage.nobody_has_it")] == [alone.pk]
    assert not Unassigned.objects.filter(ticket=taken).exists()
    assert Unassigned.objects.get(ticket=alone).told_at is not None


def test_looking_costs_what_is_due_not_what_waits(desk: Desk, django_assert_num_queries: Any) -> None:
    for _number in range(5):
        desk.open()
    with django_assert_num_queries(1):
        assert tell_of_unassigned(NOW + timedelta(minutes=1)) == 0


def test_pages_show_and_take_what_needs_somebody(desk: Desk, client: Client) -> None:
    orphan, alone = mine(desk), desk.open("Niemand")
    leave(desk.agent, deputy=desk.lead, first=date(2020, 1, 1), last=date(2020, 1, 2))
    Absence.objects.update(begins_at=NOW - timedelta(days=9000), ends_at=NOW + timedelta(days=9000))
    forget()
    tell_of_unassigned(NOW + timedelta(hours=9))
    client.force_login(desk.lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("triage:take-over")).content.decode()
    assert f"#{orphan.number}" in page
    assert f"#{alone.number}" in page
    assert "Jonas Wendt" in page
    page = client.get(reverse("tickets:ticket", args=[orphan.public_id])).content.decode()
    assert "Jonas Wendt is away until" in page
    client.post(reverse("triage:take-one-over", args=[orphan.public_id]))
    assert Ticket.objects.get(pk=orphan.pk).assignee == desk.lead
    assert "Next best ticket" in client.get(reverse("tickets:inbox")).content.decode()
    answer = client.post(reverse("triage:next-best"), follow=True)
    assert "is yours" in answer.content.decode()
    why = client.get(reverse("triage:why", args=[alone.public_id])).content.decode()
    assert "Taken by Lena Vogt as the next best" in why
    assert (
        "Nothing waits in your teams"
        in client.post(reverse("triage:next-best"), follow=True).content.decode()
    )


def test_own_page_enters_and_removes_absences_and_says_what_one_takes(desk: Desk, client: Client) -> None:
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("triage:own-work")
    days = {"first_day": "2090-01-02", "last_day": "2090-01-05", "deputy": desk.lead.pk, "note": "Urlaub"}
    assert client.post(url, {"do": "leave", **days}).status_code == 303
    page = client.get(url).content.decode()
    assert "Lena Vogt stands in" in page
    assert client.post(url, {"do": "leave", **days}).status_code == 422
    assert client.post(url, {"do": "leave", **days, "last_day": "quatsch"}).status_code == 422
    assert client.post(url, {"do": "work", "languages": ["de"]}).status_code == 303
    assert not AgentProfile.objects.get(person=desk.agent).takes
    client.post(url, {"do": f"remove:{Absence.objects.get().public_id}"})
    assert not Absence.objects.exists()


def test_administration_pages_keep_what_is_entered(desk: Desk, client: Client) -> None:
    client.force_login(desk.lead, backend="django.contrib.auth.backends.ModelBackend")
    skill = {"name_de": "Netz", "name_en": "Network"}
    assert client.post(reverse("triage:skills-new"), skill).status_code == 303
    mode = {"mode": "least_loaded", "limit": 5, "away": "team", "watch_minutes": 30, "version": 1}
    assert client.post(reverse("triage:modes-edit", args=[desk.first.public_id]), mode).status_code == 303
    assert (
        client.post(
            reverse("triage:modes-edit", args=[desk.first.public_id]), {**mode, "limit": -1}
        ).status_code
        == 422
    )
    person = {
        "takes": "on",
        "limit": 3,
        f"skill-{Skill.objects.get().pk}": 3,
        "languages": ["de", "en"],
        "version": 1,
    }
    assert client.post(reverse("triage:people-edit", args=[desk.agent.public_id]), person).status_code == 303
    assert TeamMode.objects.get().limit == 5
    assert AgentSkill.objects.get().level == 3
    away = {"person": desk.agent.pk, "first_day": "2090-01-02", "last_day": "2090-01-02"}
    assert client.post(reverse("triage:absences-new"), away).status_code == 303
    for name in ("skills", "modes", "people", "absences"):
        assert client.get(reverse(f"triage:{name}")).status_code == 200
