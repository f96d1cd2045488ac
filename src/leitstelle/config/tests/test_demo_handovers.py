"""Handovers of the demo that come back, told to those who lead."""

from datetime import timedelta

import pytest

from leitstelle.accounts.tests.cast import NOW
from leitstelle.config.demo.handovers import send_some_back
from leitstelle.tickets import actions
from leitstelle.tickets.choices import HandoverState
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


def handed_over(desk: Desk, subject: str) -> Ticket:
    ticket = desk.open(subject=subject)
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    offer = actions.HandoverOffer(to_team=desk.second, reason="Braucht das Netz.", tried="Neu gestartet.")
    actions.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    return ticket


def test_one_comes_back_and_one_goes_to_and_fro() -> None:
    desk = make_desk()
    first, second, third = (handed_over(desk, subject) for subject in ("Eins", "Zwei", "Drei"))
    send_some_back(now=NOW + timedelta(minutes=30))
    assert not Ticket.objects.filter(handovers__state=HandoverState.RETURNED).exists()

    send_some_back(now=NOW + timedelta(hours=8))
    for ticket in (first, second, third):
        ticket.refresh_from_db()
    assert (first.is_ping_pong, first.team) == (True, desk.second)
    assert (second.is_ping_pong, second.team, second.assignee) == (False, desk.first, desk.agent)
    states = [row.state for row in first.handovers.order_by("pk")]
    assert states == [HandoverState.RETURNED, HandoverState.OFFERED]
    assert third.handovers.get().state == HandoverState.OFFERED
