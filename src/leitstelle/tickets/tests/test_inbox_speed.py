"""Lists go by their indexes, and counts stop at their cap."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstelle.kernel.db import capped_counts, is_postgres
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import paging
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries import inbox
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def _plan(viewer: Viewer, view: inbox.InboxView, order: inbox.Order) -> str:
    rows = inbox.tickets_in(inbox.Selection(view, order), viewer)
    keys = paging._keys(Ticket, order.columns)
    return rows.order_by(*(key.expression(backwards=False) for key in keys))[:51].explain()


@pytest.mark.sqlite  # PostgreSQL reads a table this small as a whole, whatever indexes there are
@pytest.mark.parametrize(
    ("view", "order", "index"),
    [
        ("mine", "due", "ticket_assignee_due"),
        ("unassigned", "due", "ticket_"),
        ("waiting", "due", "ticket_waiting_due"),
        ("open", "due", "ticket_due"),
        ("open", "priority", "ticket_prio_due"),
        ("open", "recent", "ticket_ongoing_recent"),
        ("open", "opened", "ticket_ongoing_opened"),
        ("all", "recent", "ticket_recent"),
        ("all", "opened", "ticket_opened"),
    ],
)
def test_sqlite_reads_a_shipped_view_in_the_order_of_an_index(
    desk: Desk, view: str, order: str, index: str
) -> None:
    by_key = {one.key: one for one in inbox.VIEWS}
    orders = {one.key: one for one in inbox.ORDERS}
    plan = _plan(desk.as_agent(), by_key[view], orders[order])
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_the_view_of_many_teams_goes_by_the_order_and_finds_the_same(desk: Desk) -> None:
    desk.open()
    view = next(one for one in inbox.VIEWS if one.key == "team")
    few, many = desk.as_agent(), replace(desk.as_agent(), team_ids=frozenset({desk.first.pk, desk.second.pk}))
    for viewer in (few, many):
        rows = inbox.tickets_in(inbox.Selection(view, inbox.ORDERS[0]), viewer)
        assert {ticket.team_id for ticket in rows} == {desk.first.pk}
    if not is_postgres():
        plan = _plan(many, view, inbox.ORDERS[0])
        assert "USING INDEX ticket_due" in plan
        assert "TEMP B-TREE" not in plan


def test_closed_tickets_are_not_offered_by_deadline() -> None:
    everything = next(view for view in inbox.VIEWS if view.key == "all")
    assert [order.key for order in everything.orders] == ["recent", "opened"]
    assert inbox.select([everything], {"view": "all", "order": "due"}).order.key == "recent"
    ongoing = next(view for view in inbox.VIEWS if view.key == "open")
    assert {order.key for order in ongoing.orders} == {"due", "priority", "recent", "opened", "level"}


def test_the_database_keeps_the_computed_columns(desk: Desk) -> None:
    ticket = desk.open()
    assert Ticket.objects.filter(pk=ticket.pk, is_ongoing=True, is_waiting=False).exists()
    Ticket.objects.filter(pk=ticket.pk).update(status_type="waiting")
    assert Ticket.objects.filter(pk=ticket.pk, is_ongoing=True, is_waiting=True).exists()
    Ticket.objects.filter(pk=ticket.pk).update(status_type="closed")
    assert Ticket.objects.filter(pk=ticket.pk, is_ongoing=False, is_waiting=False).exists()


def test_counts_of_several_sets_take_one_statement_and_stop_at_the_cap(desk: Desk) -> None:
    for _ in range(4):
        desk.open()
    everything = Ticket.objects.all()
    sets = {
        "all": everything,
        "none": everything.none(),
        "capped": everything.filter(is_ongoing=True),
    }
    with CaptureQueriesContext(connection) as statements:
        assert capped_counts(sets, 3) == {"all": 3, "none": 0, "capped": 3}
    assert len(statements) == 1
    assert capped_counts({"none": everything.none()}, 3) == {"none": 0}


def test_the_rail_counts_what_the_viewer_sees(desk: Desk) -> None:
    desk.open()
    views = list(inbox.VIEWS)
    counts = inbox.capped_counts(views, desk.as_agent())
    assert counts["open"] == (1, False)
    stranger = Viewer(person_id=0, hat=Hat.AGENT, grants=())
    assert inbox.capped_counts(views, stranger)["open"] == (0, False)
