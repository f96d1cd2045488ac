"""Priorities across the domains: a changed one moves the clocks, and the time that was used stays used."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog import actions as catalog
from leitstelle.catalog import queries, rules
from leitstelle.sla import actions as agreements
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    calendars.ensure_defaults(timezone.now())
    # Around the clock, so that an hour is an hour whenever the test runs.
    agreements.ensure_defaults(ServiceCalendar.objects.get(key="always"), name="Standard", now=timezone.now())
    return desk


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def resolution(ticket: Ticket) -> TicketClock:
    return TicketClock.objects.get(ticket=ticket, metric="resolution")


def test_the_form_of_a_ticket_moves_its_clocks_from_where_they_began(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now() - timedelta(minutes=30))
    before = resolution(ticket)
    data = {"version": 1, "kind": "incident", "matrix": "stopped:business", "device_label": ""}
    address = reverse("tickets:classify", args=[ticket.public_id])
    assert signed_in(desk.agent).post(address, data).status_code == 303
    after = resolution(ticket)
    assert after.started_at == before.started_at
    assert after.target_seconds < before.target_seconds
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at - after.started_at == timedelta(seconds=after.target_seconds)
    ticket.refresh_from_db()
    assert (ticket.priority_id, ticket.due_order <= after.due_at) == (1, True)


def test_applied_rules_move_the_clocks_of_open_tickets(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now() - timedelta(minutes=30))
    before = resolution(ticket)
    house = queries.matrix()
    catalog.set_priority_matrix(
        {**house, ("person", "hindered"): 2},
        seen=rules.matrix_version(house),
        by=SYSTEM,
        now=timezone.now(),
    )
    assert resolution(ticket).due_at == before.due_at
    admin = signed_in(desk.admin)
    run = admin.post(reverse("tickets:recalculate"))["Location"]
    admin.post(run, {"do": "run"})
    after = resolution(ticket)
    assert after.started_at == before.started_at
    assert after.due_at is not None
    assert after.due_at - after.started_at == timedelta(seconds=after.target_seconds)
    assert after.target_seconds < before.target_seconds
