"""Why tickets have their priority: matrix, modifiers, by hand; new rules for open tickets; the mark beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.catalog import actions as catalog
from leitstelle.catalog import queries, rules
from leitstelle.catalog.models import Category, PriorityModifier
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.priority import explained
from leitstelle.tickets.rules.bulk import BulkAction
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def wanted(ticket: Ticket, **values: Any) -> actions.Classification:
    known = {
        "kind": ticket.kind,
        "category_id": ticket.category_id,
        "impact": ticket.impact_id,
        "urgency": ticket.urgency_id,
    }
    return actions.Classification(**{**known, **values})


def change_house(**cells: int) -> None:
    house = queries.matrix()
    new = house | {(key.split("__")[0], key.split("__")[1]): rank for key, rank in cells.items()}
    catalog.set_priority_matrix(new, seen=rules.matrix_version(house), by=SYSTEM, now=timezone.now())


def test_a_vip_is_raised_and_the_reason_reads_in_both_languages(desk: Desk) -> None:
    Person.objects.filter(pk=desk.requester.pk).update(is_vip=True)
    ticket = desk.open()
    assert ticket.priority_id == 2
    with translation.override("en"):
        assert explained(ticket) == (
            "High, because impact “One person” × urgency “Work is hindered” = Medium, raised by one step: VIP"
        )
    with translation.override("de"):
        assert explained(ticket) == (
            "Hoch, weil Auswirkung „Eine Person“ × Dringlichkeit „Arbeit behindert“ = Mittel, "
            "angehoben um eine Stufe: VIP"
        )


def test_the_event_keeps_ids_and_never_words(desk: Desk) -> None:
    ticket = desk.open()
    vip = PriorityModifier.objects.get(key="security")
    category = Category.objects.get(key="security.malware")
    actions.classify(ticket, wanted(ticket, category_id=category.pk), by=desk.as_agent(), now=NOW)
    event = events_for(Subject("ticket", ticket.pk)).get(code="ticket.classified")
    impact, urgency, version_id, base, steps = event.data["basis"]
    assert (impact, urgency, base, steps) == ("person", "hindered", 3, [[vip.pk, 3, 2]])
    assert isinstance(version_id, int)
    assert ticket.priority_id == 2


def test_a_priority_by_hand_keeps_its_reason_and_what_would_have_been(desk: Desk) -> None:
    ticket = desk.open()
    by_hand = wanted(ticket, priority=1, reason="Messe morgen früh")
    actions.classify(ticket, by_hand, by=desk.as_agent(), now=NOW)
    again = wanted(ticket, impact="group", priority=1, reason=ticket.priority_reason)
    actions.classify(ticket, again, by=desk.as_agent(), now=NOW)
    ticket.refresh_from_db()
    with translation.override("en"):
        assert explained(ticket) == (
            "Critical, set by hand: Messe morgen früh. Calculated: High, because impact "
            "“Team, several people” × urgency “Work is hindered” = High"
        )
    stored = "".join(str(event.data) for event in events_for(Subject("ticket", ticket.pk)))
    assert "Messe" not in stored
    page = signed_in(desk.agent).get(reverse("tickets:ticket", args=[ticket.public_id])).text
    assert "set by hand: Messe morgen früh" in page
    assert 'role="tooltip"' in page
    actions.classify(ticket, wanted(ticket), by=desk.as_agent(), now=NOW)
    assert (ticket.priority_id, ticket.priority_is_manual, ticket.priority_reason) == (2, False, "")


def test_a_new_matrix_changes_later_tickets_only_until_it_is_applied(desk: Desk) -> None:
    before, by_hand = desk.open(), desk.open("Von Hand")
    actions.classify(by_hand, wanted(by_hand, priority=3), by=desk.as_agent(), now=NOW)
    change_house(person__hindered=2)
    after = desk.open()
    before.refresh_from_db()
    assert (before.priority_id, after.priority_id) == (3, 2)
    admin = signed_in(desk.admin)
    page = admin.get(reverse("tickets:recalculate")).text
    assert "1 open ticket has another priority" in page
    assert "P3 Medium" in page
    answer = admin.post(reverse("tickets:recalculate"))
    run = answer["Location"]
    shown = admin.get(run).text
    assert "P3 → P2 (High, because" in shown
    admin.post(run, {"do": "run"})
    for ticket in (before, by_hand):
        ticket.refresh_from_db()
    assert (before.priority_id, by_hand.priority_id) == (2, 3)
    assert "result" not in run
    assert "1 open ticket" not in admin.get(reverse("tickets:recalculate")).text
    event = events_for(Subject("ticket", before.pk)).get(code="ticket.classified")
    assert (event.data["priority_before"], event.data["priority_after"]) == (3, 2)


def test_what_stays_is_told_for_each_ticket_of_a_selection(desk: Desk) -> None:
    same, by_hand = desk.open("Gleich"), desk.open("Von Hand")
    actions.classify(by_hand, wanted(by_hand, priority=1), by=desk.as_agent(), now=NOW)
    viewer = as_agent(desk.admin)
    chosen = [same.pk, by_hand.pk]
    run = actions.choose_tickets(chosen, BulkAction.RECALCULATE, by=viewer, now=NOW)
    actions.start_bulk(run, {}, by=viewer, now=NOW)
    actions.go_on(run, by=viewer, now=NOW)
    assert [row.reason for row in run.rows.all()] == ["same_priority", "priority_by_hand"]


def test_clocks_follow_a_new_priority_with_the_time_that_was_used(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now() - timedelta(hours=1))
    agent = signed_in(desk.agent)
    address = reverse("tickets:classify", args=[ticket.public_id])
    data = {"version": 1, "kind": "incident", "matrix": "stopped:business", "device_label": ""}
    assert agent.post(address, data).status_code in (302, 303)
    ticket.refresh_from_db()
    assert ticket.priority_id == 1


def test_major_is_for_leads_and_stands_beside_the_ticket(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(NotAllowed):
        actions.declare_major(ticket, by=desk.as_agent(), now=NOW)
    address = reverse("tickets:major", args=[ticket.public_id])
    assert signed_in(desk.agent).post(address, {"major": "1"}).status_code == 403
    lead = signed_in(desk.lead)
    assert lead.post(address, {"major": "1"}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.is_major
    assert "Major" in lead.get(reverse("tickets:ticket", args=[ticket.public_id])).text
    desk.open("Etwas anderes")
    rows = lead.get(reverse("tickets:inbox"), {"view": "open", "major": "1"}).text
    assert "Drucker druckt nicht" in rows
    assert "Etwas anderes" not in rows
    assert lead.post(address, {"major": "0"}).status_code == 303
    codes = [event.code for event in events_for(Subject("ticket", ticket.pk))]
    assert codes[-2:] == ["ticket.major_declared", "ticket.major_lifted"]


def test_the_matrix_page_says_what_it_would_change(desk: Desk) -> None:
    desk.open()
    admin = signed_in(desk.admin)
    house = queries.matrix()
    data: dict[str, Any] = {f"{impact}-{urgency}": rank for (impact, urgency), rank in house.items()}
    data = {**data, "seen": rules.matrix_version(house), "person-hindered": 2}
    shown = admin.post(reverse("catalog:priorities-preview"), data).text
    assert "1 open ticket would get another priority" in shown
    assert "P3 Medium → P2 High" in shown
    assert queries.matrix() == house
    worse = admin.post(reverse("catalog:priorities"), {**data, "business-hindered": 4})
    assert worse.status_code == 422
    assert "would get a lower priority" in worse.text
    confirmed = {**data, "business-hindered": 4, "confirmed": "on"}
    assert admin.post(reverse("catalog:priorities"), confirmed).status_code == 303
    assert queries.matrix()["business", "hindered"] == 4
