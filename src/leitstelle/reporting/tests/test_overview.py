"""The overview of those who lead: numbers, the lists behind them, and whose tickets count."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import SYSTEM, as_agent, make_agent, make_team
from leitstelle.calendars import actions as calendars
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.kept import forget
from leitstelle.reporting import actions, queries
from leitstelle.reporting.choices import Risk
from leitstelle.reporting.models import OverviewSettings
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
PAGE = "/overview/"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def given(desk: Desk, subject: str, **columns: Any) -> Ticket:
    """An open ticket of the first team with these columns, however it came to them."""
    ticket = desk.open(subject, now=timezone.now())
    Ticket.objects.filter(pk=ticket.pk).update(**{"team": desk.first, **columns})
    return ticket


def test_every_number_leads_to_its_list(desk: Desk) -> None:
    now = timezone.now()
    given(desk, "Zu spät", due_order=now - timedelta(hours=1))
    given(desk, "Bald", due_order=now + timedelta(minutes=30))
    given(desk, "Groß", is_major=True)
    given(desk, "Liegt", updated_at=now - timedelta(days=30))
    given(desk, "Wartet", status="waiting_vendor", status_type="waiting", assignee=desk.agent)
    given(desk, "Hin und her", is_ping_pong=True)
    back = given(desk, "Zurück", assignee=desk.agent)
    offer = tickets.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neustart")
    back.refresh_from_db()
    handover = tickets.hand_over(back, offer, by=desk.as_agent(), now=now)
    tickets.return_handover(handover, reason="Bitte Gerät nennen", by=desk.as_expert(), now=now)
    lead = signed_in(desk.lead)
    page = lead.get(PAGE).text
    assert "Bitte Gerät nennen" in page
    found = queries.overview(desk.as_lead(), timezone.now())
    expected = {
        Risk.OVERDUE: "Zu spät",
        Risk.SOON: "Bald",
        Risk.MAJOR: "Groß",
        Risk.QUIET: "Liegt",
        Risk.WAITING: "Wartet",
        Risk.RETURNED: "Zurück",
        Risk.PING_PONG: "Hin und her",
    }
    for risk, subject in expected.items():
        assert found.counts[risk] == 1, risk
        assert f"view=lead-{risk}" in page
        rows = lead.get("/tickets/", {"view": f"lead-{risk}"}).text
        assert subject in rows, risk
        others = [one for one in expected.values() if one != subject]
        assert not [one for one in others if f"<span>{one}</span>" in rows], risk
    assert found.counts[Risk.UNASSIGNED] == 5


def test_load_by_team_level_and_person(desk: Desk) -> None:
    now = timezone.now()
    given(desk, "Eins", assignee=desk.agent, due_order=now - timedelta(hours=1))
    given(desk, "Zwei", assignee=desk.agent)
    given(desk, "Drei", assignee=None)
    given(desk, "Fremd", team=desk.second, level=desk.second.level)
    found = queries.overview(as_agent(desk.admin), now)
    teams = {row.name: row.load for row in found.teams}
    assert (teams["Service Desk"].open, teams["Service Desk"].overdue) == (3, 1)
    assert (teams["Service Desk"].unassigned, teams["Netz und Server"].open) == (1, 1)
    assert [(row.name, row.load.open) for row in found.people] == [("Jonas Wendt", 2)]
    assert sum(row.load.open for row in found.levels) == 4
    own = queries.overview(desk.as_lead(), now)
    assert [row.name for row in own.teams] == ["Service Desk"]
    one = signed_in(desk.lead).get("/tickets/", {"view": "lead-open", "assignee": str(desk.agent.pk)}).text
    assert "Jonas Wendt" in one
    assert "Drei" not in one


def test_a_lead_sees_their_teams_and_never_more_than_they_may(desk: Desk) -> None:
    given(desk, "Geheim in Netz", team=desk.second, due_order=timezone.now() - timedelta(hours=1))
    lead = signed_in(desk.lead)
    assert "Geheim in Netz" not in lead.get("/tickets/", {"view": "lead-overdue"}).text
    assert queries.overview(desk.as_lead(), timezone.now()).counts[Risk.OVERDUE] == 0
    assert signed_in(desk.agent).get(PAGE).status_code == 403
    assert signed_in(desk.requester).get(PAGE).status_code == 403
    answer = signed_in(desk.agent).get("/tickets/", {"view": "lead-overdue"}).text
    assert "Deadline missed" not in answer


def test_works_councils_may_have_persons_left_out(desk: Desk) -> None:
    given(desk, "Eins", assignee=desk.agent)
    lead, admin = signed_in(desk.lead), signed_in(desk.admin)
    assert "By person" in lead.get(PAGE).text
    values = {"version": 1, "soon_hours": 3, "quiet_hours": 8, "returned_days": 14}
    assert admin.post("/administration/overview/", values).status_code == 303
    shown = lead.get(PAGE).text
    assert "By person" not in shown
    assert "Jonas Wendt" not in shown
    assert "within 3 service hours" in shown
    event = events_for(Subject("overview_settings", 1)).get()
    assert event.data["show_people"] is False
    assert admin.post("/administration/overview/", {**values, "quiet_hours": 5}).status_code == 409
    with pytest.raises(NotAllowed):
        actions.set_overview(actions.OverviewInput(), version=2, by=desk.as_lead(), now=timezone.now())
    nothing, late = actions.OverviewInput(soon_hours=0), actions.OverviewInput(soon_hours=9)
    with pytest.raises(InvalidInput):
        actions.set_overview(nothing, version=2, by=SYSTEM, now=timezone.now())
    with pytest.raises(Conflict):
        actions.set_overview(late, version=1, by=SYSTEM, now=timezone.now())
    assert OverviewSettings.objects.get().soon_hours == 3


def test_the_page_asks_a_fixed_number_of_questions(
    desk: Desk, django_assert_num_queries: Any, settings: Any
) -> None:
    calendars.ensure_defaults(timezone.now())
    settings.MASTER_DATA_SECONDS = 60
    forget()
    now = timezone.now()
    viewer = desk.as_lead()
    for number in range(12):
        person = make_agent(f"Person {number}")
        team = make_team(f"Team {number}", person)
        given(desk, f"Ticket {number}", assignee=person, team=team if number % 2 else desk.first)
    queries.overview(viewer, now)
    with django_assert_num_queries(5):
        queries.overview(viewer, now)
    forget()


def test_a_house_without_service_hours_counts_around_the_clock(desk: Desk) -> None:
    now = timezone.now()
    found = queries.moments(OverviewSettings(soon_hours=2, quiet_hours=4), now)
    assert found.soon == now + timedelta(hours=2)
    assert found.quiet_since == now - timedelta(hours=4)


def test_service_hours_of_the_house_count_where_there_are_some(desk: Desk) -> None:
    calendars.ensure_defaults(timezone.now())
    now = timezone.now()
    found = queries.moments(OverviewSettings(soon_hours=2, quiet_hours=4), now)
    assert found.quiet_since <= now - timedelta(hours=4)
    assert found.soon >= now + timedelta(hours=2)
