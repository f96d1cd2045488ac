"""Proposals over the API: reasons, accepting, dismissing."""

import json
from typing import Any

import pytest
from django.test import Client

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.choices import Matter, ProposalState
from leitstelle.triage.models import Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def ask(person: Person, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    scopes = (TokenScope.READ, TokenScope.WRITE)
    _row, secret = accounts.create_api_token(person, "Test", scopes, by=SYSTEM, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    url = f"/api/v1/{path}"
    answer = client.get(url) if body is None else client.post(url, json.dumps(body), "application/json")
    return answer.status_code, answer.json()


def proposed(ticket: Ticket, state: ProposalState = ProposalState.SUGGESTED) -> Proposal:
    return Proposal.objects.create(
        ticket=ticket,
        matter=Matter.KIND,
        state=state,
        options=[["request", 61], ["incident", 30]],
        evidence=[["bestellen", 2.1]],
        proposed_before=20,
        right_before=14,
        created_at=NOW,
    )


def test_proposals_say_why_and_are_accepted(desk: Desk) -> None:
    ticket = desk.open()
    row = proposed(ticket)
    status, found = ask(desk.agent, f"tickets/{ticket.public_id}/proposals")
    assert status == 200
    assert [(one["matter"], one["options"][0], one["evidence"]) for one in found] == [
        ("kind", {"value": "request", "percent": 61}, ["bestellen"])
    ]
    assert (found[0]["right_before"], found[0]["proposed_before"]) == (14, 20)
    status, answered = ask(desk.agent, f"proposals/{row.public_id}/accept", {"value": "request"})
    assert (status, answered["state"], answered["chosen"]) == (200, "accepted", "request")
    ticket.refresh_from_db()
    assert ticket.kind == "request"
    assert ask(desk.agent, f"proposals/{row.public_id}/dismiss", {})[0] == 409


def test_what_was_not_proposed_is_no_answer(desk: Desk) -> None:
    row = proposed(desk.open())
    assert ask(desk.agent, f"proposals/{row.public_id}/accept", {"value": "complaint"})[0] == 422
    status, answered = ask(desk.agent, f"proposals/{row.public_id}/dismiss", {})
    assert (status, answered["state"]) == (200, "dismissed")


def test_requesters_and_silence_see_nothing(desk: Desk) -> None:
    ticket = desk.open()
    row = proposed(ticket, ProposalState.SILENT)
    assert ask(desk.agent, f"tickets/{ticket.public_id}/proposals") == (200, [])
    assert ask(desk.requester, f"tickets/{ticket.public_id}/proposals")[0] == 403
    assert ask(desk.requester, f"proposals/{row.public_id}/dismiss", {})[0] == 404
