"""One ticket through the levels in Chromium: first level, second level, manufacturer, solved.

At every stop the page of its deadlines says why each one is where it is.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.calendars.actions import ALWAYS
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.contracts import actions as contracts
from leitstelle.intake.tests.portal import portal_desk
from leitstelle.intake.tests.test_portal_browser import sign_in
from leitstelle.sla import actions as sla
from leitstelle.sla.choices import Metric
from leitstelle.sla.rules.amounts import HOUR, Amount
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    """A customer whose clocks run day and night, stand still at the manufacturer, and whose levels have targets."""
    desk = portal_desk()
    always = ServiceCalendar.objects.get(key=ALWAYS, organisation=None)
    targets = [
        sla.TargetInput(metric, rank, Amount(hours * HOUR))
        for rank in (1, 2, 3, 4)
        for metric, hours in ((Metric.RESPONSE, 2), (Metric.RESOLUTION, 8))
    ]
    targets += [
        sla.TargetInput(Metric.INTERNAL, rank, Amount(hours * HOUR), level=team.level)
        for rank in (1, 2, 3, 4)
        for team, hours in ((desk.first, 1), (desk.second, 4))
    ]
    now = timezone.now()
    version = sla.VersionInput(always, tuple(targets), now, pause_for_vendor=True)
    gold = sla.NewAgreement("Gold", version, organisation=desk.organisation)
    sla.create_agreement(gold, by=SYSTEM, now=now)
    new = contracts.VendorInput(name="Druckwerk", support_mail="hilfe@druckwerk.example")
    vendor = contracts.add_vendor(new, by=SYSTEM, now=NOW)
    promised = contracts.ContractInput(
        name="Wartung", calendar=always, valid_from=NOW.date(), response_seconds=4 * HOUR
    )
    contracts.add_contract(vendor, promised, by=SYSTEM, now=NOW)
    return desk


class Walk:
    """Somebody at one ticket."""

    def __init__(self, page: Page, server: str, ticket: Ticket) -> None:
        self.page, self.server, self.ticket = page, server, ticket
        self.url = f"{server}/tickets/{ticket.public_id}/"

    def be(self, person: Person) -> None:
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        sign_in(self.page, self.server, person)
        self.page.goto(self.url)

    def send(self, path: str, **values: str) -> None:
        """Fill in a form of the ticket and send it."""
        self.page.goto(f"{self.url}{path}")
        form = self.page.locator("form.step-form").first
        for name, value in values.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.locator("button.btn-primary").first.click()
        self.page.wait_for_url(lambda url: path not in url)
        self.ticket.refresh_from_db()

    def press(self, path: str) -> None:
        """Press the button that posts to this address."""
        with self.page.expect_navigation():
            self.page.locator(f"form[action*='{path}'] button").first.click()

    def deadlines(self) -> dict[str, str]:
        """What the page of deadlines says, by the name of the clock."""
        self.page.goto(f"{self.url}deadlines/")
        cards = self.page.locator("section.card, div.card").filter(has=self.page.locator("svg.timeline"))
        expect(cards.first).to_be_visible()
        expect(self.page.get_by_role("table", name="Agreements considered")).to_contain_text("Gold")
        found = {card.locator("h2").first.inner_text(): card.inner_text() for card in cards.all()}
        self.page.goto(self.url)
        return found


def test_every_deadline_explains_itself_from_the_first_level_to_the_manufacturer_and_back(
    desk: Desk, desk_server: str, page: Page
) -> None:
    ticket = desk.open("Drucker zieht kein Papier", now=timezone.now())
    walk = Walk(page, desk_server, ticket)
    walk.be(desk.agent)
    walk.press("/take/")
    told = walk.deadlines()
    assert set(told) == {"Response", "Resolution", "Internal: 1st level"}
    assert all("opened (Miriam Brandt)" in words and "Due " in words for words in told.values())
    assert "1 h of service time" in told["Internal: 1st level"]

    walk.send("handover/", team=str(desk.second.pk), reason="Walze prüfen", tried="Neustart, anderes Fach")
    walk.be(desk.expert)
    walk.press("/accept/")
    told = walk.deadlines()
    assert "Kept: " in told["Internal: 1st level"]
    assert "came to this level (Jonas Wendt)" in told["Internal: 2nd level"]

    page.goto(f"{walk.url}vendor/new/")
    page.locator("form.step-form button.btn-primary").last.click()
    page.wait_for_url(lambda url: "/vendor/new/" not in url)
    walk.send("step/wait/", status="waiting_vendor", reason="Ersatzwalze")
    told = walk.deadlines()
    assert "Paused: " in told["Resolution"]
    assert "(Mareike Thomsen)" in told["Resolution"]
    assert "Deadline" not in told["Resolution"], "a clock that stands has none"
    expect(page.locator("#ticket-panels")).to_contain_text("Druckwerk")

    answer = NewMessage(
        text="Die Walze ist unterwegs.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.VENDOR,
        from_email="hilfe@druckwerk.example",
    )
    actions.receive_from_vendor(ticket.vendor_cases.get(), answer, counts=True, by=SYSTEM, now=timezone.now())
    walk.send("step/resolve/", code="solved", text="Die Walze ist getauscht, er druckt wieder.")
    ticket.refresh_from_db()
    assert ticket.status_type == "resolved"
    told = walk.deadlines()
    assert {name for name, words in told.items() if "Kept: " in words} == set(told)
    assert "The clock stands" in told["Resolution"]
    assert "Paused: " in told["Resolution"], "what was waited for stays told"
    assert not ticket.vendor_cases.filter(is_ongoing=True).exists()
