"""Agreements, breaches and their causes over the API."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.tests.once import built_once
from leitstelle.sla import actions
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.rules.amounts import HOUR, Amount
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(NOW)
    made = make_desk()
    actions.ensure_defaults(default_calendar(), name="Standard", now=NOW)
    targets = (actions.TargetInput(Metric.RESOLUTION, 3, Amount(HOUR)),)
    steps = (actions.StepInput(Metric.RESOLUTION, 50, StepAction.LEAD),)
    version = actions.VersionInput(default_calendar(), targets, NOW, steps=steps)
    gold = actions.NewAgreement("Gold", version, organisation=made.organisation)
    actions.create_agreement(gold, by=SYSTEM, now=NOW)
    return made


def ask(person: Person, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    scopes = (TokenScope.READ, TokenScope.WRITE, TokenScope.ADMIN)
    _row, secret = accounts.create_api_token(person, "Test", scopes, by=SYSTEM, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    url = f"/api/v1/{path}"
    answer = client.get(url) if body is None else client.post(url, json.dumps(body), "application/json")
    return answer.status_code, answer.json()


def test_agreements_are_listed_and_read_with_their_terms(desk: Desk) -> None:
    status, found = ask(desk.agent, "agreements")
    assert (status, {one["name"] for one in found}) == (200, {"Standard", "Gold"})
    gold = next(one for one in found if one["name"] == "Gold")
    assert gold["organisation"] == str(desk.organisation.public_id)
    status, whole = ask(desk.agent, f"agreements/{gold['id']}")
    assert status == 200
    assert [(one["metric"], one["priority"], one["service_seconds"]) for one in whole["targets"]] == [
        ("resolution", 3, HOUR)
    ]
    assert whole["steps"] == [{"metric": "resolution", "percent": 50, "action": "lead", "team": None}]


def test_which_agreement_would_apply_is_told_with_reasons(desk: Desk) -> None:
    path = f"agreements/which?organisation={desk.organisation.public_id}&priority=3"
    status, found = ask(desk.admin, path)
    assert status == 200
    names = {one["name"]: one["verdict"] for one in found["judged"]}
    assert names == {"Gold": "applies", "Standard": "less_specific"}
    assert [(one["priority"], list(one["due"])) for one in found["due"]] == [(3, ["resolution"])]
    assert ask(desk.agent, path)[0] == 403
    assert ask(desk.admin, "agreements/which?category=no.such")[0] == 422


def test_a_breach_tells_its_cause_and_takes_another(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now() - timedelta(days=14))
    path = f"tickets/{ticket.public_id}/breaches"
    status, found = ask(desk.agent, path)
    assert status == 200
    [missed] = [one for one in found if one["metric"] == "resolution"]
    assert (missed["cause"], missed["computed"], missed["corrected"]) == ("queue", "queue", None)
    assert missed["service_seconds"]["queue"] > HOUR
    body = {"metric": "resolution", "cause": "vendor", "reason": "Ersatzteil fehlte"}
    status, found = ask(desk.agent, path, body)
    [missed] = [one for one in found if one["metric"] == "resolution"]
    assert (missed["cause"], missed["computed"], missed["reason"]) == ("vendor", "queue", "Ersatzteil fehlte")
    assert ask(desk.requester, path)[0] == 403
    assert ask(desk.outsider, path)[0] == 404
    kept = desk.open(now=timezone.now())
    status, problem = ask(desk.agent, f"tickets/{kept.public_id}/breaches", body)
    assert (status, problem["code"]) == (409, "target_not_missed")
