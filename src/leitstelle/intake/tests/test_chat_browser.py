"""Chat in Chromium: in the frame of a site of another origin with a strict policy, with breaks on both sides."""

import gzip
import html
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from leitstelle.accounts.tests.cast import NOW
from leitstelle.intake.models import Chat, ChatDoor
from leitstelle.intake.tests.chat import chat_door, there
from leitstelle.intake.tests.portal import portal_desk
from leitstelle.intake.tests.test_portal_browser import sign_in
from leitstelle.kernel.mail import OutboxMail
from leitstelle.knowledge import actions as knowledge
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
Faults = Callable[[Page], list[str]]
STATIC = Path(__file__).parent.parent / "static" / "intake"
PATIENCE = 20_000
# The script of the frame has begun its work.
READY = "[data-send][data-plain]"


def test_widget_and_chat_are_light() -> None:
    """What a site's visitor loads, compressed: at most 30 KB."""
    parts = [
        (STATIC / name).read_bytes() for name in ("chat-widget.js", "chat.js", "chat-aid.js", "chat.css")
    ]
    assert sum(len(gzip.compress(part, 6)) for part in parts) <= 30 * 1024


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    desk = portal_desk()
    there(desk.agent)
    return desk


class Site:
    """Somebody else's page on another origin, with a policy that allows nothing but what our manual names."""

    def __init__(self) -> None:
        site = self
        self.body, self.policy = "", ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.body.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", site.policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def show(self, desk_server: str, door: ChatDoor) -> str:
        script = html.escape(f"{desk_server}/chat/{door.public_id}/widget.js")
        self.body = (
            '<!doctype html><html lang="de"><head><title>Shop</title></head><body><main><h1>Shop</h1></main>'
            f'<script src="{script}" async></script></body></html>'
        )
        self.policy = f"default-src 'none'; script-src {desk_server}; frame-src {desk_server}"
        return self.origin


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join(5)


def texts(frame: FrameLocator | Page) -> list[str]:
    return [text.strip() for text in frame.locator(".lchat-log li:not([data-by=note]) p").all_text_contents()]


def test_a_whole_chat_with_breaks_on_both_sides(
    desk_server: str, desk: Desk, site: Site, page: Page, chromium: Browser, axe: Faults
) -> None:
    door = chat_door(desk.first, origins=site.origin, greeting_de="Moin!")
    page.goto(site.show(desk_server, door))
    button = page.get_by_role("button", name="Chat öffnen")
    button.click()
    frame = page.frame_locator("iframe")
    expect(frame.locator(READY)).to_be_visible(timeout=PATIENCE)
    expect(frame.get_by_text("Moin!")).to_be_visible()
    assert axe(page) == []
    frame.get_by_role("button", name="Senden").click()  # nothing given yet: said, and the field is focused
    expect(frame.get_by_label("Ihr Name")).to_be_focused()
    frame.get_by_label("Ihr Name").fill("Vera Besuch")
    frame.get_by_label("Ihre E-Mail-Adresse").fill("vera@besuch.example")
    frame.get_by_label("Ihre Nachricht").fill("Der Drucker druckt nicht.")
    frame.get_by_label("Ihre Nachricht").press("Enter")
    expect(frame.get_by_text("Sie sind Nummer 1")).to_be_visible(timeout=PATIENCE)
    agent_context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    agent_context.set_default_timeout(PATIENCE)
    agent = agent_context.new_page()
    try:
        sign_in(agent, desk_server, desk.agent)
        agent.goto(f"{desk_server}/chats/")
        agent.get_by_role("link", name="Vera Besuch").first.click()
        agent.get_by_role("button", name="Take the chat").click()
        expect(frame.get_by_text("Sie sprechen mit Jonas Wendt.")).to_be_visible(timeout=PATIENCE)
        field = agent.get_by_label("Your answer")
        field.fill("Welcher Drucker?")
        field.press("Enter")
        expect(frame.get_by_text("Welcher Drucker?")).to_be_visible(timeout=PATIENCE)
        expect(field).to_have_value("")
        # The visitor's connection breaks; both go on writing.
        page.context.set_offline(True)
        mine = frame.get_by_label("Ihre Nachricht")
        mine.fill("Der im Flur.")
        mine.press("Enter")
        mine.fill("Seit heute.")
        mine.press("Enter")
        expect(frame.locator("[data-pending]")).to_have_count(2)
        field.fill("Sind Sie noch da?")
        field.press("Enter")
        expect(agent.locator(".chat-lines").get_by_text("Sind Sie noch da?")).to_be_visible()
        page.context.set_offline(False)
        expect(frame.locator("[data-pending]")).to_have_count(0, timeout=PATIENCE)
        expect(agent.locator(".chat-lines").get_by_text("Seit heute.")).to_be_visible(timeout=PATIENCE)
        # The agent's breaks: what was typed stays, and goes when sent again.
        agent_context.set_offline(True)
        field.fill("Ich schaue nach.")
        field.press("Enter")
        expect(field).to_have_value("Ich schaue nach.")
        agent_context.set_offline(False)
        expect(agent.locator("[data-pane-form]:not(.htmx-request)")).to_be_visible()
        field.press("Enter")
        expect(frame.get_by_text("Ich schaue nach.")).to_be_visible(timeout=PATIENCE)
        said = [
            "Der Drucker druckt nicht.",
            "Welcher Drucker?",
            "Sind Sie noch da?",
            "Der im Flur.",
            "Seit heute.",
            "Ich schaue nach.",
        ]
        assert texts(frame) == said
        page.reload()
        page.get_by_role("button", name="Chat öffnen").click()
        expect(frame.get_by_text("Ich schaue nach.")).to_be_visible(timeout=PATIENCE)
        assert texts(frame) == said
        assert axe(agent) == []
        agent.get_by_role("button", name="End the chat").click()
        expect(frame.get_by_role("button", name="Neuen Chat beginnen")).to_be_visible(timeout=PATIENCE)
        assert axe(page) == []
        frame.get_by_role("button", name="Gespräch an vera@besuch.example senden").click()
        expect(frame.get_by_text("Das Gespräch wurde an vera@besuch.example gesendet.")).to_be_visible(
            timeout=PATIENCE
        )
        assert OutboxMail.objects.count() == 1
        ticket = Ticket.objects.get()
        told = list(ticket.messages.order_by("pk").values_list("body__text", flat=True))
        assert told == said
        assert Chat.objects.get().state == "ended"
    finally:
        agent_context.close()


def test_a_site_that_is_not_named_shows_nothing(
    desk_server: str, desk: Desk, site: Site, chromium: Browser
) -> None:
    door = chat_door(desk.first, origins="https://www.example.org")
    context = chromium.new_context(locale="de-DE")
    try:
        page = context.new_page()
        page.goto(site.show(desk_server, door))
        page.get_by_role("button", name="Chat öffnen").click()
        frame = page.frame_locator("iframe")
        page.wait_for_load_state("networkidle")
        expect(frame.locator(".lchat")).to_have_count(0)
    finally:
        context.close()


def test_by_keyboard_alone(desk_server: str, desk: Desk, site: Site, page: Page) -> None:
    door = chat_door(desk.first, origins=site.origin, asks_who=False)
    page.goto(site.show(desk_server, door))
    button = page.get_by_role("button", name="Chat öffnen")
    button.focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    expect(frame.locator(READY)).to_be_visible(timeout=PATIENCE)
    frame.get_by_label("Ihre Nachricht").focus()
    page.keyboard.type("Hallo")
    page.keyboard.press("Enter")
    expect(frame.get_by_text("Sie sind Nummer 1")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat öffnen")).to_be_focused()
    assert page.get_by_role("button", name="Chat öffnen").get_attribute("aria-expanded") == "false"


def test_a_guide_in_the_chat_by_keyboard_and_over_a_break(
    desk_server: str, desk: Desk, site: Site, page: Page, axe: Faults
) -> None:
    knowledge.ensure_defaults(NOW)
    door = chat_door(desk.first, origins=site.origin)
    page.goto(site.show(desk_server, door))
    page.get_by_role("button", name="Chat öffnen").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator(READY)).to_be_visible(timeout=PATIENCE)
    expect(frame.get_by_role("button", name="Kennwort")).to_be_visible()  # the short list
    mine = frame.locator("#lchat-text")
    mine.fill("Mein Drucker druckt nicht")
    offer = frame.get_by_role("button", name="Drucker druckt nicht oder schlecht")
    expect(offer).to_be_visible(timeout=PATIENCE)
    offer.focus()
    page.keyboard.press("Enter")
    asked = frame.get_by_role("group", name="Was passiert beim Drucken?")
    expect(asked).to_be_focused(timeout=PATIENCE)
    expect(mine).to_have_value("")
    assert axe(page) == []
    mine.fill("keine Ahnung")
    mine.press("Enter")
    expect(frame.get_by_role("alert")).to_contain_text(
        "Bitte wählen Sie eine der Antworten", timeout=PATIENCE
    )
    mine.fill("papierstau oder fehler am gerät")
    mine.press("Enter")
    expect(frame.get_by_role("group", name="Was zeigt die Anzeige")).to_be_focused(timeout=PATIENCE)
    page.reload()
    page.get_by_role("button", name="Chat öffnen").click()
    expect(frame.get_by_role("group", name="Was zeigt die Anzeige")).to_be_visible(timeout=PATIENCE)
    expect(frame.get_by_text("Papierstau oder Fehler am Gerät")).to_be_visible()
    frame.get_by_role("button", name="Weiter zu einem Menschen").click()
    expect(frame.get_by_label("Ihr Name")).to_be_focused()
    expect(mine).to_have_value("Mein Drucker druckt nicht")
    frame.get_by_label("Ihr Name").fill("Vera Besuch")
    frame.get_by_label("Ihre E-Mail-Adresse").fill("vera@besuch.example")
    frame.get_by_role("button", name="Senden").click()
    expect(frame.get_by_text("Sie sind Nummer 1")).to_be_visible(timeout=PATIENCE)
    [said] = texts(frame)
    assert said.startswith("Mein Drucker druckt nicht")
    assert said.endswith("Was passiert beim Drucken? Papierstau oder Fehler am Gerät")
    assert GuideRun.objects.get().answers == {"what": "jam"}
    assert axe(page) == []
