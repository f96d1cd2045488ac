"""What the clock does to tickets by itself."""

from datetime import timedelta

import pytest

from leitstelle.accounts.tests.cast import NOW
from leitstelle.tickets import actions
from leitstelle.tickets.tasks import close_resolved, wake
from leitstelle.tickets.tests.desk import make_desk

pytestmark = pytest.mark.django_db


def test_a_solution_nobody_objects_to_closes_after_a_week() -> None:
    desk = make_desk()
    ticket = desk.open()
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)
    close_resolved(NOW + timedelta(days=6, hours=23))
    ticket.refresh_from_db()
    assert ticket.status_id == "resolved"
    close_resolved(NOW + timedelta(days=7))
    ticket.refresh_from_db()
    assert (ticket.status_id, ticket.closed_at) == ("closed", NOW + timedelta(days=7))


def test_scheduled_and_waiting_tickets_wake_on_their_date() -> None:
    desk = make_desk()
    scheduled, waiting, forever = desk.open(), desk.open(), desk.open()
    tomorrow = NOW + timedelta(days=1)
    actions.schedule_work(scheduled, until=tomorrow, reason="", by=desk.as_agent(), now=NOW)
    actions.wait_for(waiting, "waiting_third", reason="x", until=tomorrow, by=desk.as_agent(), now=NOW)
    actions.wait_for(forever, "waiting_third", reason="x", by=desk.as_agent(), now=NOW)
    wake(tomorrow - timedelta(minutes=1))
    wake(tomorrow)
    for ticket, expected in (
        (scheduled, "in_progress"),
        (waiting, "in_progress"),
        (forever, "waiting_third"),
    ):
        ticket.refresh_from_db()
        assert ticket.status_id == expected
    assert scheduled.wait_until is None
