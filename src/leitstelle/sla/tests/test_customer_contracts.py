"""Customers' contracts choose agreements, say so, end, and do not overlap; who sees and keeps them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.queries import viewer_for
from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.catalog import actions as catalog
from leitstelle.catalog.models import Category
from leitstelle.contracts import actions as contracts
from leitstelle.contracts.errors import ContractsOverlap
from leitstelle.contracts.models import CustomerContract
from leitstelle.contracts.policies import visible_customer_contracts
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.kept import forget
from leitstelle.kernel.viewer import Hat
from leitstelle.sla import actions
from leitstelle.sla.choices import Metric, Verdict
from leitstelle.sla.errors import AgreementOverlaps
from leitstelle.sla.models import Agreement
from leitstelle.sla.panels import clocks_of_ticket
from leitstelle.sla.queries import compute_clocks
from leitstelle.sla.queries.explaining import considered
from leitstelle.sla.rules.amounts import HOUR, Amount
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
TODAY = date(2026, 11, 18)


@pytest.fixture
def desk() -> Desk:
    calendars.ensure_defaults(WEDNESDAY)
    catalog.ensure_defaults(WEDNESDAY)
    made = make_desk()
    actions.ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return made


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "MASTER_DATA_SECONDS", 3600)
    forget()
    yield
    forget()


def network() -> Category:
    return Category.objects.get(key="network")


def buy(desk: Desk, number: str = "RV-1", until: date | None = None, **more: object) -> CustomerContract:
    new = contracts.CustomerContractInput(
        number=number,
        name="Rahmenvertrag",
        valid_from=date(2026, 1, 1),
        valid_until=until,
        **more,  # type: ignore[arg-type]
    )
    return contracts.add_customer_contract(desk.organisation, new, by=SYSTEM, now=WEDNESDAY)


def promise(hours: int = 2, **scope: object) -> Agreement:
    targets = tuple(
        actions.TargetInput(Metric.RESOLUTION, rank, Amount(hours * HOUR)) for rank in (1, 2, 3, 4)
    )
    terms = actions.VersionInput(default_calendar(), targets, WEDNESDAY)
    new = actions.NewAgreement("Vertragskunden", terms, **scope)  # type: ignore[arg-type]
    return actions.create_agreement(new, by=SYSTEM, now=WEDNESDAY)


def open_ticket(desk: Desk, at: datetime, category: Category | None = None) -> Ticket:
    new = tickets.NewTicket(
        subject="Netz weg",
        channel=Channel.MAIL,
        requester_id=desk.requester.pk,
        category_id=category.pk if category else None,
    )
    first = NewMessage(
        text="Nichts geht mehr.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=desk.requester.pk,
        at=at,
    )
    return tickets.open_ticket(new, first, by=SYSTEM, now=at)


def words(ticket: Ticket, now: datetime) -> dict[str, str]:
    reading = compute_clocks(ticket, now)
    rows = Agreement.objects.in_bulk()
    return {one.name: one.why for one in considered(reading, rows)}


def due_hours(ticket: Ticket, now: datetime) -> float:
    clock = compute_clocks(ticket, now).clock(Metric.RESOLUTION)
    assert clock is not None
    return clock.target_seconds / HOUR


@pytest.mark.usefixtures("remembering")
def test_a_contract_chooses_the_agreement_and_is_named(desk: Desk) -> None:
    contract = buy(desk, until=TODAY, categories=(network(),))
    promise(contract=contract)
    promise(3, organisation=desk.organisation)
    covered = open_ticket(desk, WEDNESDAY, network())
    assert due_hours(covered, WEDNESDAY) == 2
    told = considered(compute_clocks(covered, WEDNESDAY), Agreement.objects.in_bulk())
    assert "RV-1 Rahmenvertrag covers the ticket" in told[0].why
    verdicts = [one.verdict for one in compute_clocks(covered, WEDNESDAY).judgements]
    assert verdicts == [Verdict.APPLIES, Verdict.LESS_SPECIFIC, Verdict.LESS_SPECIFIC]
    panel = clocks_of_ticket(desk.as_agent(), [covered])[covered.pk]
    assert "RV-1 Rahmenvertrag" in panel.context["agreement"]


def test_other_services_and_later_tickets_fall_to_the_next_and_say_why(desk: Desk) -> None:
    contract = buy(desk, until=TODAY, categories=(network(),))
    promise(contract=contract)
    other = open_ticket(desk, WEDNESDAY)
    assert due_hours(other, WEDNESDAY) == 27
    assert "RV-1 Rahmenvertrag covers other services" in words(other, WEDNESDAY)["Vertragskunden"]
    next_day = WEDNESDAY + timedelta(days=1)
    later = open_ticket(desk, next_day, network())
    assert due_hours(later, next_day) == 27
    assert "RV-1 Rahmenvertrag ended on" in words(later, next_day)["Vertragskunden"]


def test_the_last_day_is_one_of_the_house(desk: Desk) -> None:
    promise(contract=buy(desk, until=TODAY))
    # 23:30 in Berlin is still the last day, half an hour later it is over.
    evening = datetime(2026, 11, 18, 22, 30, tzinfo=UTC)
    assert due_hours(open_ticket(desk, evening), evening) == 2
    midnight = evening + timedelta(minutes=30)
    assert due_hours(open_ticket(desk, midnight), midnight) == 27


@pytest.mark.usefixtures("remembering")
def test_ending_leaves_open_tickets_what_they_were_promised(desk: Desk) -> None:
    contract = buy(desk)
    promise(contract=contract)
    before = open_ticket(desk, WEDNESDAY)
    ends = WEDNESDAY + timedelta(days=1)
    with pytest.raises(Conflict):
        contracts.end_customer_contract(contract, TODAY, seen=7, by=SYSTEM, now=ends)
    contracts.end_customer_contract(contract, TODAY, seen=1, by=SYSTEM, now=ends)
    after = open_ticket(desk, ends)
    assert (due_hours(before, ends), due_hours(after, ends)) == (2, 27)
    codes = (
        Event.objects.filter(subject_kind="customer_contract").order_by("pk").values_list("code", flat=True)
    )
    assert list(codes) == ["customer_contract.added", "customer_contract.ended"]


def test_a_change_is_a_version_and_keeps_the_past(desk: Desk) -> None:
    contract = buy(desk)
    new = contracts.CustomerContractInput(
        number="RV-1b", name="Rahmenvertrag", valid_from=date(2026, 1, 1), categories=(network(),)
    )
    contracts.change_customer_contract(contract, new, seen=1, by=SYSTEM, now=WEDNESDAY)
    contracts.change_customer_contract(contract, new, seen=2, by=SYSTEM, now=WEDNESDAY)
    contract.refresh_from_db()
    assert (contract.number, contract.versions.count()) == ("RV-1b", 2)
    changed = Event.objects.get(code="customer_contract.changed")
    assert changed.data["fields"] == ["category_ids", "number"]


def test_contracts_that_overlap_are_refused_and_named(desk: Desk) -> None:
    first = buy(desk, until=TODAY, categories=(network(),))
    with pytest.raises(ContractsOverlap) as refusal:
        buy(desk, "RV-2")
    assert "RV-1 Rahmenvertrag" in str(refusal.value.message)
    assert CustomerContract.objects.get() == first
    buy(desk, "RV-2", categories=(Category.objects.get(key="printing"),))
    with pytest.raises(InvalidInput):
        buy(desk, "RV-3", until=date(2025, 1, 1))


def test_an_agreement_for_a_contract_is_for_its_customer_only(desk: Desk) -> None:
    contract = buy(desk)
    made = promise(contract=contract)
    assert made.organisation == desk.organisation
    with pytest.raises(AgreementOverlaps):
        promise(contract=contract)
    with pytest.raises(InvalidInput):
        promise(contract=contract, organisation=desk.outsider.organisation)


def test_who_sees_and_keeps_contracts(desk: Desk) -> None:
    contract = buy(desk)
    new = contracts.CustomerContractInput(number="x", name="x", valid_from=TODAY)
    assert visible_customer_contracts(desk.as_agent()).get() == contract
    assert not visible_customer_contracts(viewer_for(desk.agent, Hat.REQUESTER)).exists()
    assert not visible_customer_contracts(desk.as_requester()).exists()
    with pytest.raises(NotAllowed):
        contracts.add_customer_contract(desk.organisation, new, by=desk.as_agent(), now=WEDNESDAY)


def test_the_pages_make_change_and_end_a_contract(desk: Desk, client: Client) -> None:
    client.force_login(desk.admin)
    typed = {
        "organisation": desk.organisation.pk,
        "number": "RV-9",
        "name": "Rahmen",
        "valid_from": "2026-01-01",
        "categories": [network().pk],
    }
    assert client.post(reverse("contracts:customer-contract-new"), typed).status_code == 303
    contract = CustomerContract.objects.get()
    again = client.post(reverse("contracts:customer-contract-new"), typed | {"number": "RV-10"})
    assert again.status_code == 422
    assert "RV-9 Rahmen" in again.content.decode()
    page = reverse("contracts:customer-contract", args=[contract.public_id])
    assert "RV-9" in client.get(page).content.decode()
    assert client.post(page, typed | {"seen": 1, "name": "Rahmenvertrag"}).status_code == 303
    end = reverse("contracts:customer-contract-end", args=[contract.public_id])
    assert client.post(end, {"seen": 1, "valid_until": "2025-01-01"}).status_code == 422
    assert client.post(end, {"seen": 1, "valid_until": "2026-12-31"}).status_code == 303
    assert "2026" in client.get(reverse("contracts:customer-contracts")).content.decode()
    shown = client.get(reverse("accounts:organisation", args=[desk.organisation.public_id]))
    assert "RV-9" in shown.content.decode()


def test_a_new_agreement_from_a_contract_begins_with_it(desk: Desk, client: Client) -> None:
    contract = buy(desk)
    client.force_login(desk.admin)
    shown = client.get(reverse("contracts:customer-contract", args=[contract.public_id])).content.decode()
    new = reverse("sla:agreement-new")
    assert f"{new}?contract={contract.public_id}" in shown
    assert chosen(client, {"contract": str(contract.public_id)}) == {
        "contract": str(contract.pk),
        "organisation": str(desk.organisation.pk),
    }
    for other in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert chosen(client, {"contract": other}) == {"contract": "", "organisation": ""}


def chosen(client: Client, asked: dict[str, str]) -> dict[str, str]:
    """What the form for a new agreement has chosen for contract and customer."""
    page = client.get(reverse("sla:agreement-new"), asked).content.decode()
    found = {}
    for name in ("contract", "organisation"):
        options = page.split(f'name="{name}"')[1].split("</select>")[0]
        found[name] = options.split(" selected")[0].split('value="')[-1].split('"')[0]
    return found
