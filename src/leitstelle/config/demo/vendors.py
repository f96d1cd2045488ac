"""Vendors of the demo company, what they promised, and cases with them."""

from datetime import datetime, timedelta

from leitstelle.accounts.queries import viewer_for
from leitstelle.calendars.queries import default_calendar
from leitstelle.config.demo.company import Company
from leitstelle.contracts import actions as contracts
from leitstelle.contracts.queries import contracts_for
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, VendorVerb
from leitstelle.tickets.models import Ticket, VendorCase
from leitstelle.tickets.rules.inputs import NewMessage

HOUR = 3600
NETWORK, HARDWARE = "Fernkante Netze", "Bürowerk Nord"
VENDORS = (
    (
        contracts.VendorInput(
            name=NETWORK,
            support_mail="stoerung@fernkante.example",
            phone="040 555 7100",
            portal_url="https://portal.fernkante.example/",
            customer_number="FK-20418",
            number_patterns=[r"FKN-\d{6,8}"],
            note="Rund um die Uhr erreichbar. Bei Totalausfall zuerst anrufen.",
        ),
        ("Anbindung Hamburg und Garching", "RV-2024-118", 2, 8),
    ),
    (
        contracts.VendorInput(
            name=HARDWARE,
            support_mail="service@buerowerk-nord.example",
            phone="040 555 3300",
            portal_url="https://service.buerowerk-nord.example/",
            customer_number="77120",
            number_patterns=[r"SR-\d{6,8}"],
        ),
        ("Vor-Ort-Service Geräte", "W-77120-3", 8, 27),
    ),
)
# Categories whose stories go to the provider; all others go to the hardware service.
_OF_NETWORK = ("network", "telephony", "mobile")
_ASKED = ("network", "printing", "workplace")
_MORE_CASES = 6


def create_vendors(company: Company, *, now: datetime) -> None:
    """Create both vendors with a contract each, valid since last year."""
    by, calendar = Viewer.system(), default_calendar()
    for new, (name, number, answer, solution) in VENDORS:
        vendor = contracts.add_vendor(new, by=by, now=now)
        promised = contracts.ContractInput(
            name=name,
            number=number,
            calendar=calendar,
            valid_from=now.date() - timedelta(days=400),
            valid_until=now.date() + timedelta(days=330),
            response_seconds=answer * HOUR,
            resolution_seconds=solution * HOUR,
        )
        contracts.add_contract(vendor, promised, by=by, now=now)
        company.vendors[vendor.name] = vendor


def ask(company: Company, ticket: Ticket, text: str, *, by: Viewer, now: datetime) -> VendorCase:
    """Open a case at the vendor who knows about the ticket's category."""
    branch = ticket.category.key.partition(".")[0] if ticket.category else ""
    vendor = company.vendors[NETWORK if branch in _OF_NETWORK else HARDWARE]
    found = contracts_for(by, vendor, organisation_id=ticket.organisation_id, device_kinds=(), day=now.date())
    new = actions.NewVendorCase(
        vendor=vendor, subject=ticket.subject, text=text, contract=found[0] if found else None
    )
    return actions.open_vendor_case(ticket, new, by=by, now=now)


def answer(case: VendorCase, text: str, *, now: datetime) -> None:
    """Let the vendor answer; the first answer brings their number."""
    if not case.external_number:
        text = f"{text}\n\nIhre Vorgangsnummer bei uns: {_number(case)}"
    received = NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.VENDOR,
        from_name=f"{case.vendor.name}, Service",
        from_email=case.vendor.support_mail,
        at=now,
    )
    actions.receive_from_vendor(case, received, counts=True, by=Viewer.system(), now=now)


def _number(case: VendorCase) -> str:
    prefix = "FKN" if case.vendor.name == NETWORK else "SR"
    return f"{prefix}-{case.ticket.number * 131 % 1_000_000:06}"


def more_cases(company: Company, *, now: datetime) -> None:
    """Ask vendors about some of what is in progress, so that every state of a case can be seen."""
    rows = Ticket.objects.filter(
        status_type="open",
        vendor_state="",
        assignee__isnull=False,
        category__parent__key__in=_ASKED,
        opened_at__lt=now - timedelta(hours=6),
    ).select_related("category", "assignee", "team", "status")
    for place, ticket in enumerate(rows.order_by("-opened_at", "pk")[:_MORE_CASES]):
        assert ticket.assignee is not None
        by = viewer_for(ticket.assignee, Hat.AGENT)
        began = max(ticket.last_message_at, now - timedelta(hours=28 + 9 * place))
        began = min(began, now - timedelta(hours=1))
        text = (
            f"Guten Tag,\n\nwir brauchen Ihre Hilfe: {ticket.subject}. Neustart und Kabeltausch halfen nicht."
        )
        case = ask(company, ticket, text, by=by, now=began)
        _goes_on(case, place, by, began, now)


def _goes_on(case: VendorCase, place: int, by: Viewer, began: datetime, now: datetime) -> None:
    soon = min(began + timedelta(hours=2), now)
    if place % 3:
        answer(case, "Wir haben Ihre Meldung aufgenommen und prüfen sie.", now=soon)
    if place % 3 == 2:
        actions.move_vendor_case(case, VendorVerb.OWE, by=by, now=soon)
