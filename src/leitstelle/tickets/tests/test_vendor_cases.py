"""Cases at vendors: the pages, the pack, the clock, what becomes of them with their ticket."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.contracts import actions as contracts
from leitstelle.contracts.choices import Standing
from leitstelle.contracts.models import Vendor
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.tests.once import built_once
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, VendorState, VendorVerb
from leitstelle.tickets.errors import VendorNotUsable, VendorStepNotPossible
from leitstelle.tickets.models import Ticket, VendorCase
from leitstelle.tickets.queries.vendor import clocks_of_case, league
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(NOW)
    return make_desk()


@pytest.fixture
def vendor(desk: Desk) -> Vendor:
    new = contracts.VendorInput(name="Scanwerk", support_mail="support@scanwerk.example")
    vendor = contracts.add_vendor(new, by=SYSTEM, now=NOW)
    promised = contracts.ContractInput(
        name="Wartung",
        calendar=default_calendar(),
        valid_from=date(2020, 1, 1),
        response_seconds=3600,
        resolution_seconds=8 * 3600,
    )
    contracts.add_contract(vendor, promised, by=SYSTEM, now=NOW)
    return vendor


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open("Scanner defekt")


@pytest.fixture
def case(desk: Desk, vendor: Vendor, ticket: Ticket) -> VendorCase:
    new = actions.NewVendorCase(
        vendor=vendor, subject="Scanner", text="Bitte prüfen.", contract=vendor.contracts.get()
    )
    return actions.open_vendor_case(ticket, new, by=desk.as_agent(), now=NOW)


def client_of(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str, **data: Any) -> str:
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code in (200, 303), answer.status_code
    return answer.content.decode()


def test_the_pack_says_what_is_known_and_is_edited_before_it_is_sent(
    desk: Desk, vendor: Vendor, ticket: Ticket
) -> None:
    agent = desk.as_agent()
    note = actions.write_note(ticket, "Firmware 4.2 aufgespielt.", by=agent, now=NOW)
    actions.write_note(ticket, "Der Kunde ist ungeduldig.", by=agent, now=NOW)
    offer = actions.HandoverOffer(
        to_team=desk.second, reason="Netz", tried="Kabel getauscht.", findings="Motor klemmt."
    )
    actions.hand_over(ticket, offer, by=agent, now=NOW)
    client, address = client_of(desk), reverse("tickets:vendor-new", args=[ticket.public_id])
    first = page(client, address)
    assert "Kabel getauscht." in first
    assert "Motor klemmt." in first
    assert "Seit heute." in first
    target = f"{vendor.pk}:{vendor.contracts.get().pk}"
    data = {
        "target": target,
        "subject": "Scanner X",
        "parts": ["facts"],
        "notes": [str(note.pk)],
        "text": "alt",
    }
    built = page(client, address, **data, build="1")
    text = built.split("<textarea")[1].split("</textarea>")[0]
    assert "Firmware 4.2 aufgespielt." in text
    assert "ungeduldig" not in text
    assert "Kabel getauscht." not in text
    assert not VendorCase.objects.exists()
    page(client, address, **{**data, "text": "Von Hand geändert."})
    case = VendorCase.objects.get()
    assert case.messages.get().message.body.text == "Von Hand geändert."
    assert (case.subject, case.contract, case.resolution_seconds) == (
        "Scanner X",
        vendor.contracts.get(),
        28_800,
    )


def test_the_case_shows_beside_its_ticket_in_the_list_and_in_the_table(desk: Desk, case: VendorCase) -> None:
    client = client_of(desk)
    ticket = reverse("tickets:ticket", args=[case.ticket.public_id])
    here = reverse("tickets:vendor-case", args=[case.ticket.public_id, case.public_id])
    assert here in page(client, ticket)
    assert "Bitte prüfen." in page(client, here)
    assert "with the vendor" in page(client, f"{reverse('tickets:inbox')}?view=open")
    assert "Scanwerk" in page(client, reverse("tickets:vendors"))
    page(client, f"{here}write/", text="Wann kommt jemand?")
    page(client, f"{here}number/", external_number="SW-1")
    page(client, f"{here}move/", verb="owe", version=str(VendorCase.objects.get().version))
    case.refresh_from_db()
    assert (case.external_number, case.state, case.messages.count()) == ("SW-1", VendorState.OURS, 2)
    assert Ticket.objects.get(pk=case.ticket_id).vendor_state == VendorState.OURS


def test_the_clock_stands_still_while_they_wait_for_us(desk: Desk, case: VendorCase) -> None:
    agent = desk.as_agent()
    hours = default_calendar()
    assert case.calendar_id == hours.pk
    promise = clocks_of_case(case, NOW + timedelta(days=4)).response
    assert promise is not None
    assert promise.standing is Standing.OVERDUE
    actions.move_vendor_case(case, VendorVerb.OWE, by=agent, now=NOW)
    still = clocks_of_case(case, NOW + timedelta(days=4)).resolution
    assert still is not None
    assert (still.standing, still.used) == (Standing.PAUSED, 0)


def test_a_solved_ticket_ends_what_the_vendor_answered(desk: Desk, case: VendorCase) -> None:
    agent, ticket = desk.as_agent(), case.ticket
    actions.move_vendor_case(case, VendorVerb.ANSWER, by=agent, now=NOW)
    actions.resolve_ticket(ticket, code="solved", by=agent, now=NOW)
    case.refresh_from_db()
    ticket.refresh_from_db()
    assert (case.state, ticket.vendor_state) == (VendorState.SOLVED, VendorState.SOLVED)
    again = actions.move_vendor_case(case, VendorVerb.REOPEN, by=agent, now=NOW + timedelta(hours=1))
    assert again.pauses[-1] == [NOW.isoformat(), (NOW + timedelta(hours=1)).isoformat()]
    actions.close_ticket(Ticket.objects.get(pk=ticket.pk), by=agent, now=NOW + timedelta(hours=2))
    case.refresh_from_db()
    assert case.state == VendorState.WITHDRAWN


def test_two_people_do_not_move_it_over_each_other(desk: Desk, case: VendorCase) -> None:
    agent = desk.as_agent()
    actions.move_vendor_case(case, VendorVerb.SOLVE, by=agent, now=NOW, expected=1)
    with pytest.raises(VendorStepNotPossible):
        actions.move_vendor_case(case, VendorVerb.OWE, by=agent, now=NOW, expected=1)


def test_only_the_desk_asks_and_only_vendors_in_use(desk: Desk, vendor: Vendor, ticket: Ticket) -> None:
    new = actions.NewVendorCase(vendor=vendor, subject="x", text="y")
    with pytest.raises(NotAllowed):
        actions.open_vendor_case(ticket, new, by=desk.as_requester(), now=NOW)
    other = contracts.add_vendor(contracts.VendorInput(name="Anders"), by=SYSTEM, now=NOW)
    wrong = actions.NewVendorCase(vendor=other, subject="x", text="y", contract=vendor.contracts.get())
    with pytest.raises(VendorNotUsable):
        actions.open_vendor_case(ticket, wrong, by=desk.as_agent(), now=NOW)
    contracts.change_vendor(
        vendor, contracts.VendorInput(name="Scanwerk", is_active=False), version=1, by=SYSTEM, now=NOW
    )
    with pytest.raises(VendorNotUsable):
        actions.open_vendor_case(ticket, new, by=desk.as_agent(), now=NOW)


def test_without_an_address_the_text_is_only_noted(desk: Desk, ticket: Ticket) -> None:
    portal = contracts.add_vendor(contracts.VendorInput(name="Portal AG"), by=SYSTEM, now=NOW)
    new = actions.NewVendorCase(
        vendor=portal, subject="x", text="Im Portal eröffnet.", external_number="P-1000"
    )
    case = actions.open_vendor_case(ticket, new, by=desk.as_agent(), now=NOW)
    message = case.messages.get().message
    assert (message.direction, message.audience) == ("internal", Audience.VENDOR)
    assert clocks_of_case(case, timezone.now()).next is None


def test_the_table_counts_what_was_kept_and_missed(desk: Desk, vendor: Vendor, case: VendorCase) -> None:
    agent = desk.as_agent()
    late = NOW + timedelta(days=3)
    actions.move_vendor_case(case, VendorVerb.SOLVE, by=agent, now=late)
    row = next(one for one in league(agent, since=NOW.date(), now=late) if one.vendor == vendor)
    assert (row.cases, row.ongoing, row.kept, row.missed) == (1, 0, 0, 2)
    assert row.median_resolution is not None


def test_the_journal_tells_of_it_without_a_word(case: VendorCase) -> None:
    event = Event.objects.get(code="ticket.vendor_case_opened")
    assert set(event.data) == {"case_id", "vendor_id", "contract_id"}
