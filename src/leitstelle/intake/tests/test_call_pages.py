"""The doors of calls: candidates, the caller's card, refusals that keep every word, drafts, pressing twice, leaks."""

import json
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.actions import Scope, change_contact_points
from leitstelle.accounts.tests.cast import NOW, SYSTEM, email, make_agent, make_team, phone
from leitstelle.catalog.actions import set_priority_matrix
from leitstelle.catalog.queries import matrix
from leitstelle.catalog.rules import matrix_version
from leitstelle.intake.models import Call
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.tests.desk import Desk

FORM = "/tickets/call/"


@pytest.fixture
def desk(db: None) -> Desk:
    desk = portal_desk()
    contacts = [email("miriam.brandt@werk-nord.example"), phone("030 123456-17")]
    change_contact_points(desk.requester, contacts, by=SYSTEM, now=NOW)
    return desk


@pytest.fixture
def agent(desk: Desk) -> Client:
    return signed_in(desk.agent)


def filled(desk: Desk, **changes: object) -> dict[str, object]:
    now = timezone.now()
    return {
        "once": str(uuid4()),
        "opened": now.isoformat(),
        "started": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}",
        "channel": "phone",
        "person": str(desk.requester.pk),
        "who": "Miriam Brandt",
        "body": "VPN bricht ab.",
        "matrix": "hindered:person",
        "kind": "incident",
        "outcome": "open",
        "code": "solved",
        **changes,
    }


def test_the_form_opens_with_the_present_time_and_the_counter_has_its_own(agent: Client) -> None:
    page = agent.get(FORM)
    assert page.status_code == 200
    assert b'value="phone" checked' in page.content
    assert b'value="walk_in" checked' in agent.get("/tickets/call/counter/").content


def test_a_call_is_entered_once_however_often_it_is_sent(agent: Client, desk: Desk) -> None:
    data = filled(desk)
    first, second = agent.post(FORM, data), agent.post(FORM, data)
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    again = agent.post(FORM, {**data, "body": "Andere Worte"})
    assert again.status_code == 422
    assert "Andere Worte" in again.text
    assert Ticket.objects.count() == 1
    key = re.search(r'name="once" value="([^"]+)"', again.text)
    assert key is not None
    assert agent.post(FORM, {**data, "body": "Andere Worte", "once": key[1]}).status_code == 303


def test_whom_a_search_fits_is_offered_never_taken(agent: Client, desk: Desk) -> None:
    answer = agent.post(FORM, filled(desk, person="", who="030/123456-17"))
    assert answer.status_code == 422
    assert "Miriam Brandt" in answer.text
    assert "VPN bricht ab." in answer.text
    assert not Ticket.objects.exists()


def test_whom_nobody_knows_is_noted(agent: Client, desk: Desk) -> None:
    agent.post(FORM, filled(desk, person="", who="0431/99 88 77"))
    ticket = Ticket.objects.get()
    assert (ticket.requester, Call.objects.get().caller_number) == (None, "0431/99 88 77")
    page = agent.get(f"/tickets/{ticket.public_id}/")
    assert "tel:+49431998877" in page.text
    named = agent.get(f"/tickets/{ticket.public_id}/caller/")
    assert "0431/99 88 77" in named.text
    answer = agent.post(
        f"/tickets/{ticket.public_id}/caller/", {"person": "unknown", "caller_name": "Ute Petersen"}
    )
    assert answer.status_code == 303
    ticket.refresh_from_db()
    assert ticket.requester is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": "solve"}, "answer"),
        ({"outcome": "hand_over", "reason": "Netz"}, "tried"),
        ({"outcome": "hand_over", "tried": "alles"}, "team"),
        ({"callback": "on"}, "callback_number"),
        ({"body": ""}, "body"),
        ({"started": "2031-01-01T10:00"}, "started"),
        ({"started": "0202-01-01T10:00"}, "started"),
        ({"matrix": "none:such"}, "matrix"),
        ({"category": "999999"}, "category"),
        ({"person": "", "who": ""}, "who"),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    agent: Client, desk: Desk, changes: dict[str, object], field: str
) -> None:
    data = filled(desk, subject="Kennwort & Konto", caller_number="030 1", **changes)
    if field == "who":
        data.pop("caller_number")
    answer = agent.post(FORM, data)
    assert answer.status_code == 422
    assert "Kennwort & Konto" in unescape(answer.text)
    assert f"id_{field}_error" in answer.text or f"#id_{field}" in answer.text
    assert not Ticket.objects.exists()


def test_a_draft_comes_back_and_goes_with_the_call(agent: Client, desk: Desk) -> None:
    data = filled(desk, body="Halber Sa")
    assert agent.post("/tickets/call/draft/", data).status_code == 204
    assert json.loads(Draft.objects.get(mode=DraftMode.CALL).text)["body"] == "Halber Sa"
    page = agent.get(FORM)
    assert f'{FORM}?form={data["once"]}">Miriam Brandt · Halber Sa</a>' in page.text, "offered, not mixed in"
    assert f'name="once" value="{data["once"]}"' not in page.text
    page = agent.get(FORM, {"form": str(data["once"])})
    assert f'name="once" value="{data["once"]}"' in page.text
    assert "Halber Sa</textarea>" in page.text
    agent.post(FORM, {**data, "body": "Halber Satz"})
    assert not Draft.objects.exists()
    agent.post("/tickets/call/draft/", data)
    assert not Draft.objects.exists()


def test_a_draft_can_be_discarded_and_an_empty_form_is_none(agent: Client, desk: Desk) -> None:
    data = filled(desk)
    agent.post("/tickets/call/draft/", data)
    assert agent.post("/tickets/call/draft/", {"step": "discard", "once": data["once"]}).status_code == 303
    agent.post("/tickets/call/draft/", filled(desk, who="", body=" "))
    assert not Draft.objects.exists()


def test_two_calls_at_once_keep_their_own_words(agent: Client, desk: Desk) -> None:
    first, second = filled(desk, body="Die eine Sache"), filled(desk, body="Die andere Sache")
    for data in (first, second, {**first, "once": "nonsense"}):
        assert agent.post("/tickets/call/draft/", data).status_code == 204
    assert Draft.objects.count() == 2
    agent.post(FORM, first)
    page = agent.get(FORM, {"form": str(first["once"])})
    assert f'name="once" value="{first["once"]}"' not in page.text, "entered, so the form begins anew"
    assert "Die andere Sache" in agent.get(FORM, {"form": str(second["once"])}).text
    assert "Die andere Sache" not in signed_in(desk.expert).get(FORM, {"form": str(second["once"])}).text


def test_the_matrix_is_that_of_the_customer(agent: Client, desk: Desk) -> None:
    house = matrix()
    own = house | {("person", "hindered"): 1}
    seen = matrix_version(house)
    set_priority_matrix(own, seen=seen, organisation=desk.organisation, by=SYSTEM, now=NOW)
    answer = agent.get(
        "/tickets/call/person/", {"person": str(desk.requester.pk), "matrix": "hindered:person"}
    ).text
    cell = re.search(
        r'data-p="(\d)"><input type="radio" name="matrix" value="hindered:person" checked', answer
    )
    assert cell is not None
    assert cell[1] == "1"
    agent.post(FORM, filled(desk))
    assert Ticket.objects.get().priority_id == 1


class TestLeaks:
    @pytest.fixture
    def scoped(self, desk: Desk) -> Client:
        """An agent of one team, beside whose tickets the requester has others."""
        team = make_team("Zentrale")
        person = make_agent("Ina Nur", email("ina.nur@desk.example"), scope=Scope(team=team))
        team.memberships.create(person=person)
        own = desk.open("Eigene Sache")
        tickets.assign_ticket(own, team=team, to=None, by=SYSTEM, now=NOW)
        desk.open("Fremde Sache")
        return signed_in(person)

    def test_the_card_shows_visible_tickets_only(self, scoped: Client, agent: Client, desk: Desk) -> None:
        page = scoped.get(f"/tickets/call/person/?person={desk.requester.pk}")
        assert "Eigene Sache" in page.text
        assert "Fremde Sache" not in page.text
        assert "Fremde Sache" in agent.get(f"/tickets/call/person/?person={desk.requester.pk}").text

    def test_a_call_joins_visible_tickets_only(self, scoped: Client, desk: Desk) -> None:
        foreign = Ticket.objects.get(subject="Fremde Sache")
        answer = scoped.post(FORM, filled(desk, ticket=str(foreign.public_id)))
        assert answer.status_code == 422
        assert foreign.messages.count() == 1

    def test_people_of_other_customers_are_not_offered(self, desk: Desk) -> None:
        scope = Scope(organisation=desk.elsewhere)
        client = signed_in(make_agent("Gerd Eng", email("gerd.eng@desk.example"), scope=scope))
        for who in ("brandt", "030 123456-17", "werk nord"):
            assert "Miriam" not in client.get("/tickets/call/people/", {"who": who}).text
        assert "Miriam" not in client.get(f"/tickets/call/person/?person={desk.requester.pk}").text
        answer = client.post(FORM, filled(desk))
        assert answer.status_code in (303, 422)
        assert not Ticket.objects.filter(requester=desk.requester).exists()

    def test_requesters_have_no_such_pages(self, desk: Desk) -> None:
        client = signed_in(desk.requester)
        for path in (FORM, "/tickets/call/people/?who=br", f"/tickets/call/person/?person={desk.agent.pk}"):
            assert client.get(path).status_code == 403


def test_a_callback_stands_beside_the_ticket_until_somebody_answered(agent: Client, desk: Desk) -> None:
    agent.post(FORM, filled(desk, callback="on", callback_number="030 123456-99"))
    ticket = Ticket.objects.get()
    page = f"/tickets/{ticket.public_id}/"
    assert "tel:+493012345699" in agent.get(page).text
    later = timezone.now() + timedelta(minutes=5)
    tickets.reply(ticket, "Erledigt.", recipients=(), by=desk.as_agent(), now=later)
    assert "tel:+493012345699" not in agent.get(page).text
