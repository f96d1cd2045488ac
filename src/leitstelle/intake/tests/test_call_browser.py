"""Calls in Chromium by the keyboard alone, against the clock; drafts over a reload; and all of it without scripts."""

import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.accounts.actions import change_contact_points
from leitstelle.accounts.tests.cast import NOW, SYSTEM, email, phone
from leitstelle.intake.models import Call
from leitstelle.intake.tests.portal import portal_desk
from leitstelle.intake.tests.test_portal_browser import sign_in
from leitstelle.tickets.choices import Channel
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
# As somebody types who uses all fingers: about 200 strokes a minute would be 300 ms; practised agents take 60 to 120.
STROKE = 60
WITHIN = 20.0
WATCH_THE_MOUSE = """addEventListener("mousedown", () => sessionStorage.setItem("mouse", "used"), true);"""


class Keyboard:
    """Types as a person does, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes, self.since = page, 0, time.monotonic()

    def type(self, text: str) -> None:
        self.strokes += len(text)
        self.page.keyboard.type(text, delay=STROKE)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.strokes += len(key.split("+"))
            self.page.keyboard.press(key, delay=STROKE)

    def done(self, what: str) -> float:
        seconds = time.monotonic() - self.since
        sys.stdout.write(f"\n{what}: {self.strokes} keystrokes, {seconds:.1f} s\n")
        return seconds


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    desk = portal_desk()
    contacts = [email("miriam.brandt@werk-nord.example"), phone("+49 30 123456-17")]
    change_contact_points(desk.requester, contacts, by=SYSTEM, now=NOW)
    return desk


@pytest.fixture
def agent(desk: Desk, desk_server: str, page: Page) -> Page:
    page.add_init_script(WATCH_THE_MOUSE)
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, desk_server, desk.agent)
    page.goto(f"{desk_server}/tickets/")
    ready(page)
    return page


def ready(page: Page) -> None:
    """Wait until the page listens to the keyboard."""
    page.wait_for_load_state("load")
    for _try in range(100):
        if page.evaluate(
            "performance.getEntriesByType('resource').some((one) => one.name.includes('/js/keys'))"
        ):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(400)


def open_form(keys: Keyboard) -> None:
    """Press the key of the call form; whoever answers a call says good morning before typing."""
    keys.press("t")
    keys.page.wait_for_url("**/tickets/call/")
    expect(keys.page.locator("#id_who")).to_be_focused()
    expect(keys.page.locator("[data-find]")).to_have_count(0)
    expect(keys.page.locator("#id_category[role=combobox]")).to_be_visible()


def begin(page: Page, who: str, name: str) -> Keyboard:
    """Press the key of the call form and choose the caller."""
    keys = Keyboard(page)
    open_form(keys)
    keys.type(who)
    keys.press("Enter")
    expect(page.locator("#caller-card")).to_contain_text(name)
    expect(page.locator("#id_subject")).to_be_focused()
    return keys


def saved(page: Page, subject: str) -> None:
    """Wait for the ticket that the call became."""
    expect(page.locator("#ticket-head h1")).to_contain_text(subject, timeout=20_000)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.name"))


def no_mouse(page: Page) -> bool:
    return page.evaluate("sessionStorage.getItem('mouse')") is None


def test_a_known_caller_is_helped_at_once(agent: Page, desk: Desk, axe: Faults) -> None:
    keys = begin(agent, "030/123456-17", "Miriam Brandt")
    keys.type("VPN bricht im Homeoffice ab")
    keys.press("Tab")
    keys.type("Alle zehn Minuten getrennt, seit dem Wochenende.")
    keys.press("Tab")
    keys.type("vpn")
    expect(agent.locator("#id_category_list [aria-selected=true]")).to_contain_text("VPN")
    order = []
    for _field in range(2):
        keys.press("Tab")
        order.append(focused(agent))
    assert order == ["matrix", "outcome"]
    keys.press("ArrowRight", "ArrowRight", "Tab")
    keys.type("Router neu gestartet, Verbindung hält.")
    keys.press("Control+Enter")
    saved(agent, "VPN bricht im Homeoffice ab")
    seconds = keys.done("known caller, solved at once")

    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.status_id, ticket.assignee) == (desk.requester, "resolved", desk.agent)
    assert ticket.category is not None
    assert "VPN" in ticket.category.name_en
    assert ticket.messages.count() == 2
    assert not Draft.objects.exists()
    assert no_mouse(agent)
    assert axe(agent) == []
    assert seconds < WITHIN


def test_a_call_is_handed_over(agent: Page, desk: Desk) -> None:
    keys = begin(agent, "brandt", "Miriam Brandt")
    keys.type("Anmeldung am Server schlägt fehl")
    keys.press("Tab")
    keys.type("Seit 8 Uhr kann niemand im Lager buchen.")
    keys.press("Tab", "Tab", "ArrowRight", "Tab")
    assert focused(agent) == "outcome"
    keys.press("ArrowRight", "ArrowRight", "ArrowRight", "Tab")
    keys.type("2")
    keys.press("Tab")
    keys.type("Dienst neu gestartet, ohne Wirkung")
    keys.press("Tab")
    keys.type("Serverrechte fehlen")
    keys.press("Enter")
    saved(agent, "Anmeldung am Server")
    seconds = keys.done("known caller, handed over")

    ticket = Ticket.objects.get()
    assert (ticket.team, ticket.impact_id, ticket.channel) == (desk.second, "group", Channel.PHONE)
    assert ticket.handovers.get().tried == "Dienst neu gestartet, ohne Wirkung"
    assert no_mouse(agent)
    assert seconds < WITHIN


def test_an_unknown_caller_and_a_reload_in_between(agent: Page, axe: Faults) -> None:
    keys = Keyboard(agent)
    open_form(keys)
    keys.type("0431/99 88 77")
    expect(agent.locator("#caller-unknown")).to_be_visible()
    assert axe(agent) == []
    keys.press("Enter")
    assert focused(agent) == "id_caller_name"
    expect(agent.locator("#id_caller_number")).to_have_value("0431/99 88 77")
    keys.type("Ute Petersen")
    agent.locator("#id_subject").focus()
    keys.type("Fragt nach Rechnung 4711")
    keys.press("Tab")
    keys.type("Bittet um Rückruf.")
    expect(agent.locator("[data-draft-state]")).to_contain_text("Draft saved")
    keys.type(" Bitte")
    agent.reload()
    expect(agent.locator("#id_body")).to_have_value("Bittet um Rückruf. Bitte")
    expect(agent.locator("#id_caller_name")).to_have_value("Ute Petersen")
    ready(agent)
    agent.locator("#id_body").focus()
    keys.press("Control+Enter")
    saved(agent, "Fragt nach Rechnung 4711")
    ticket = Ticket.objects.get()
    assert ticket.requester is not None
    assert ticket.requester.display_name == "Ute Petersen"
    assert Call.objects.get().caller_number == "0431/99 88 77"


def test_a_call_is_noted_on_its_ticket(agent: Page, desk: Desk, desk_server: str, axe: Faults) -> None:
    ticket = desk.open()
    agent.goto(f"{desk_server}/tickets/{ticket.public_id}/")
    ready(agent)
    keys = Keyboard(agent)
    keys.press("t")
    expect(agent.locator(".composer-text")).to_be_focused()
    assert axe(agent) == []
    keys.type("Ruft an: jetzt auch der zweite Drucker.")
    keys.press("Control+Enter")
    expect(agent.locator(".msg[data-kind=call]")).to_contain_text("zweite Drucker")
    message = ticket.messages.get(channel=Channel.PHONE)
    assert message.author == desk.requester


def test_all_of_it_without_scripts(desk: Desk, desk_server: str, browser_context: BrowserContext) -> None:
    browser = browser_context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    page = plain.new_page()
    sign_in(page, desk_server, desk.agent)
    page.goto(f"{desk_server}/tickets/call/")
    page.get_by_label("Who is calling?").fill("Brandt")
    page.locator("[name=body]").fill("Der Drucker streikt.")
    page.locator("button[value=save]").click()
    page.get_by_label("Miriam Brandt").check()
    page.locator("button[value=find]").click()
    expect(page.locator("#caller-card")).to_contain_text("a new ticket")
    expect(page.locator("[name=body]")).to_have_value("Der Drucker streikt.")
    page.locator("button[value=save]").click()
    expect(page.locator("h1")).to_contain_text("Der Drucker streikt.")
    assert Ticket.objects.get().requester == desk.requester
    plain.close()
