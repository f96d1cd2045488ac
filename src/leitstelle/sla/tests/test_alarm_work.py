"""The clock process looks at what is due, and at nothing else: its statement reads one range of one index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstelle.accounts.tests.cast import NOW
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.tests.once import built_once
from leitstelle.sla.actions import ensure_defaults, ring_due_alarms
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(NOW)
    made = make_desk()
    ensure_defaults(default_calendar(), name="Standard", now=NOW)
    return made


@pytest.mark.sqlite
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of SQLite")
def test_due_alarms_come_from_an_index() -> None:
    due = TicketClock.objects.filter(next_alarm_at__lte=NOW).select_related("ticket")
    plan = due.order_by("next_alarm_at", "pk")[:500].explain()
    assert "USING INDEX clock_alarm" in plan
    assert "SCAN sla_ticketclock" not in plan


def test_nothing_due_is_one_statement(desk: Desk, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        desk.open(now=NOW)
    with django_assert_num_queries(1):
        assert ring_due_alarms(NOW - timedelta(days=1)) == 0


def test_opening_a_ticket_costs_few_statements_for_its_clocks(desk: Desk) -> None:
    desk.open(now=NOW)  # targets are read once per process
    ticket = desk.open(now=NOW)
    assert TicketClock.objects.filter(ticket=ticket).count() == 3
    with CaptureQueriesContext(connection) as seen:
        desk.open(now=NOW)
    # The agreements, and the clocks in one; targets are known.
    told = [query["sql"] for query in seen if "sla_" in query["sql"]]
    assert len(told) <= 2, told
