"""The tabs of open tickets: who sees which, which one gives way, and what their doors do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.tickets import actions
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.models import OpenTicket, Ticket
from leitstelle.tickets.queries.tabs import row_of, tabs_of
from leitstelle.tickets.rules.tabs import MOST_TABS, Tab, giving_way, moved, neighbour
from leitstelle.tickets.tests.desk import Desk, make_desk

LATER = NOW + timedelta(minutes=5)


def look(desk: Desk, *tickets: Ticket, now: datetime = NOW) -> None:
    for ticket in tickets:
        actions.look_at(ticket, tabs_of(desk.as_agent()), by=desk.as_agent(), now=now)


def subjects(desk: Desk) -> list[str]:
    return [tab.ticket.subject for tab in tabs_of(desk.as_agent())]


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- rules -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=30))
def test_one_more_fits_and_pinned_tabs_never_give_way(rows: list[tuple[int, bool]]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tabs = [Tab(pk, start + timedelta(minutes=at), pinned) for pk, (at, pinned) in enumerate(rows)]
    gone = set(giving_way(tabs))
    pinned = {tab.id for tab in tabs if tab.is_pinned}
    assert not gone & pinned
    left = len(tabs) - len(gone) + 1
    assert left <= MOST_TABS or left == len(pinned) + 1
    stays = [tab.seen_at for tab in tabs if tab.id not in gone and not tab.is_pinned]
    assert all(tab.seen_at <= seen for tab in tabs if tab.id in gone for seen in stays)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=12), st.integers(-3, 20), st.data())
def test_a_move_keeps_all_tabs_and_puts_one_at_its_place(
    ids: list[int], to: int, data: st.DataObject
) -> None:
    moving = data.draw(st.sampled_from(ids))
    result = moved(ids, moving, to)
    assert sorted(result) == sorted(ids)
    assert result.index(moving) == min(max(to, 0), len(ids) - 1)
    assert [one for one in result if one != moving] == [one for one in ids if one != moving]


def test_neighbours_go_round_and_lead_into_the_row() -> None:
    assert (neighbour(3, 2, 1), neighbour(3, 0, -1)) == (0, 2)
    assert (neighbour(3, None, 1), neighbour(3, None, -1)) == (0, 2)
    assert (neighbour(1, 0, 1), neighbour(0, None, 1)) == (None, None)


# --- actions -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_looking_opens_a_tab_once_and_writes_only_where_something_changed() -> None:
    desk = make_desk()
    ticket = desk.open("Erstes")
    assert actions.look_at(ticket, [], by=desk.as_agent(), now=NOW)
    assert not actions.look_at(ticket, tabs_of(desk.as_agent()), by=desk.as_agent(), now=LATER)
    actions.write_note(ticket, "Neu.", by=desk.as_expert(), now=LATER)
    ticket.refresh_from_db()
    elsewhere = row_of(tabs_of(desk.as_agent()), "/tickets/")
    assert [tab.is_changed for tab in elsewhere.tabs] == [True]
    assert actions.look_at(ticket, tabs_of(desk.as_agent()), by=desk.as_agent(), now=LATER)
    assert [tab.is_changed for tab in row_of(tabs_of(desk.as_agent()), "/").tabs] == [False]
    assert OpenTicket.objects.count() == 1


@pytest.mark.django_db
def test_the_oldest_loose_tab_gives_way_to_the_thirteenth() -> None:
    desk = make_desk()
    tickets = [desk.open(f"Ticket {number}") for number in range(MOST_TABS + 1)]
    for number, ticket in enumerate(tickets[:-1]):
        look(desk, ticket, now=NOW + timedelta(minutes=number))
    actions.pin_tab(tickets[0], pinned=True, by=desk.as_agent())
    tabs = tabs_of(desk.as_agent())
    assert actions.look_at(tickets[-1], tabs, by=desk.as_agent(), now=LATER + timedelta(hours=1))
    found = subjects(desk)
    assert [tab.ticket.subject for tab in tabs] == found  # the page shows them without asking again
    assert len(found) == MOST_TABS
    assert found[0] == "Ticket 0"
    assert "Ticket 1" not in found
    assert found[-1] == f"Ticket {MOST_TABS}"


@pytest.mark.django_db
def test_tabs_move_close_and_show_unsent_words() -> None:
    desk = make_desk()
    first, second, third = desk.open("A"), desk.open("B"), desk.open("C")
    look(desk, first, second, third)
    actions.move_tab(third, 0, by=desk.as_agent())
    assert subjects(desk) == ["C", "A", "B"]
    actions.close_tab(first, by=desk.as_agent())
    actions.save_draft(second, DraftMode.REPLY, "Guten Tag", by=desk.as_agent(), now=NOW)
    row = row_of(tabs_of(desk.as_agent()), f"/tickets/{second.public_id}/")
    assert [(tab.ticket.subject, tab.has_draft) for tab in row.tabs] == [("C", False), ("B", True)]
    assert row.current is not None
    assert row.current.ticket == second
    actions.close_other_tabs(second, by=desk.as_agent())
    assert subjects(desk) == ["B"]


# --- who sees them -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_tab_whose_ticket_left_the_scope_vanishes_with_its_subject() -> None:
    desk = make_desk()
    ticket, other = desk.open("Geheimnis der Kantine"), desk.open("Bleibt")
    look(desk, ticket, other)
    client = browser_of(desk.agent)
    assert "Geheimnis der Kantine" in client.get(reverse("tickets:tabs")).text
    desk.agent.grants.all().delete()
    accounts.grant_role(desk.agent, Role.AGENT, accounts.Scope(team=desk.second), by=SYSTEM, now=NOW)
    for path in (reverse("tickets:inbox"), reverse("tickets:tabs"), reverse("web:palette")):
        assert "Geheimnis" not in client.get(path).text, path
    assert tabs_of(desk.as_agent()) == []
    denied = client.post(reverse("tickets:pin-tab", args=[ticket.public_id]), {"pinned": "1"})
    assert denied.status_code == 404


@pytest.mark.django_db
def test_nobody_sees_the_tabs_of_another_and_requesters_have_none() -> None:
    desk = make_desk()
    look(desk, desk.open("Nur bei Jonas offen"))
    assert tabs_of(desk.as_expert()) == []
    assert tabs_of(desk.as_requester()) == []
    assert "Nur bei Jonas" not in browser_of(desk.expert).get(reverse("tickets:tabs")).text
    assert browser_of(desk.requester).get(reverse("tickets:tabs")).status_code == 404


# --- doors -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_tabs_stay_for_the_next_sign_in_and_close_to_their_neighbour() -> None:
    desk = make_desk()
    first, second = desk.open("Erstes"), desk.open("Zweites")
    client = browser_of(desk.agent)
    for ticket in (first, second):
        client.get(reverse("tickets:ticket", args=[ticket.public_id]))
    client.logout()
    again = browser_of(desk.agent)
    page = again.get(reverse("tickets:inbox")).text
    assert page.index("Erstes") < page.index("Zweites")
    here = reverse("tickets:ticket", args=[second.public_id])
    closed = again.post(reverse("tickets:close-tab", args=[second.public_id]), {"at": here})
    assert (closed.status_code, closed["Location"]) == (
        303,
        reverse("tickets:ticket", args=[first.public_id]),
    )
    last = again.post(
        reverse("tickets:close-tab", args=[first.public_id]),
        {"at": reverse("tickets:ticket", args=[first.public_id])},
    )
    assert last["Location"] == reverse("tickets:inbox")
    assert subjects(desk) == []


@pytest.mark.django_db
def test_the_row_comes_back_to_scripts_and_the_page_to_others() -> None:
    desk = make_desk()
    ticket = desk.open("Erstes")
    look(desk, ticket)
    client = browser_of(desk.agent)
    address = reverse("tickets:pin-tab", args=[ticket.public_id])
    plain = client.post(address, {"pinned": "1", "at": "https://evil.example/"})
    assert (plain.status_code, plain["Location"]) == (303, reverse("tickets:inbox"))
    row = client.post(address, {"pinned": "0", "at": "/tickets/"}, headers={"HX-Request": "true"})
    assert row.status_code == 200
    assert "Erstes" in row.text
    assert "<html" not in row.text
    assert client.post(reverse("tickets:move-tab", args=[ticket.public_id]), {"to": "x"}).status_code == 404
