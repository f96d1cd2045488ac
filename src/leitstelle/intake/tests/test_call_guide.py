"""A guide in the form of a call: its questions come with the answers, they are kept, and the ticket gets them."""

import json

import pytest
from django.test import Client

from leitstelle.accounts.tests.cast import NOW
from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.intake.tests.test_call_pages import FORM, filled
from leitstelle.kernel.tests.once import built_once
from leitstelle.knowledge import actions as knowledge
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.tests.desk import Desk

ANSWERS = {"guide": "printer", "g.what": "toner", "g.device": "DR-7"}


@pytest.fixture
@built_once
def desk(db: None) -> Desk:
    desk = portal_desk()
    knowledge.ensure_defaults(NOW)
    return desk


@pytest.fixture
def agent(desk: Desk) -> Client:
    return signed_in(desk.agent)


def test_every_answer_brings_the_next_question(agent: Client) -> None:
    asked = agent.post("/tickets/call/guide/", {"guide": "printer", "g.what": "jam"}).text
    assert 'name="g.tray"' in asked
    assert 'name="g.queue"' not in asked
    assert "checked" in asked


def test_without_a_script_a_button_shows_the_questions(agent: Client, desk: Desk) -> None:
    page = agent.post(FORM, filled(desk, step="guide", guide="printer"))
    assert page.status_code == 200
    assert 'name="g.what"' in page.text
    assert "VPN bricht ab." in page.text


def test_the_ticket_gets_the_answers_and_is_sorted_by_them(agent: Client, desk: Desk) -> None:
    assert agent.post(FORM, filled(desk, **ANSWERS)).status_code == 303
    ticket = Ticket.objects.get()
    assert ticket.guide_runs.get().answers == {"what": "toner", "device": "DR-7"}
    assert ticket.category
    found = (ticket.kind, ticket.category.key, ticket.urgency_id)
    assert found == ("request", "printing.supplies", "can_wait")


def test_what_the_agent_chose_counts_more_than_the_guide(agent: Client, desk: Desk) -> None:
    agent.post(FORM, filled(desk, **ANSWERS, matrix="stopped:group"))
    ticket = Ticket.objects.get()
    assert (ticket.impact_id, ticket.urgency_id) == ("group", "stopped")


def test_answers_are_kept_with_the_draft_of_the_call(agent: Client, desk: Desk) -> None:
    data = filled(desk, **ANSWERS)
    agent.post("/tickets/call/draft/", data)
    assert json.loads(Draft.objects.get().text)["g.what"] == "toner"
    again = agent.get(FORM, {"form": str(data["once"])}).text
    assert "DR-7" in again
