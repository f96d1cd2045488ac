"""The portal on a phone: report, see the answer appear, confirm; as a guest, and without scripts."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.accounts.models import Person
from leitstelle.intake.tests.portal import BACKEND, newest_link, portal_desk
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return portal_desk()


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    return page


def sign_in(page: Page, server: str, person: Person) -> None:
    """Bring a session instead of the form: sign-in has tests of its own."""
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = BACKEND
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.save()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": server}]
    )


def fits(page: Page, axe: Faults) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []


def test_report_answer_live_and_confirm(desk_server: str, desk: Desk, phone: Page, axe: Faults) -> None:
    sign_in(phone, desk_server, desk.requester)
    phone.goto(f"{desk_server}/portal/")
    fits(phone, axe)
    phone.get_by_role("link", name="Report a problem Something").click()
    phone.wait_for_url("**/portal/report/")
    fits(phone, axe)
    phone.get_by_role("button", name="Printing").click()
    phone.get_by_label("Please describe it in your own words").fill("Der Drucker im Flur druckt nicht.")
    phone.get_by_text("I cannot go on working").click()
    fits(phone, axe)
    phone.locator("input[type=file]").set_input_files(
        {"name": "foto.txt", "mimeType": "text/plain", "buffer": b"Fehler 13.20"}
    )
    phone.get_by_role("button", name="Continue to").click()
    expect(phone.get_by_text("foto.txt")).to_be_visible()
    fits(phone, axe)
    phone.get_by_role("button", name="Send report").click()
    ticket = Ticket.objects.get()
    expect(phone.get_by_text(f"#{ticket.number}")).to_be_visible()
    fits(phone, axe)
    phone.get_by_role("link", name="Show my report").click()
    expect(phone.get_by_role("link", name="foto.txt")).to_be_visible()
    fits(phone, axe)
    phone.locator("textarea").fill("Noch etwas:")

    agent = desk.as_agent()
    with phone.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        actions.write_note(ticket, "Kanarienvogel", by=agent, now=timezone.now())
        actions.take_ticket(ticket, by=agent, now=timezone.now())
        told = actions.reply(
            ticket,
            "Die Rolle ist ersetzt.",
            recipients=reply_recipients(ticket),
            by=agent,
            now=timezone.now(),
        )
        actions.resolve_ticket(ticket, code="solved", by=agent, now=timezone.now(), solution=told)
    expect(phone.get_by_text("Die Rolle ist ersetzt.")).to_be_visible()
    expect(phone.get_by_role("button", name="Yes, it works")).to_be_visible()
    expect(phone.get_by_text("Kanarienvogel")).to_have_count(0)
    # What the person was typing stays.
    expect(phone.locator("textarea")).to_have_value("Noch etwas:")
    fits(phone, axe)
    phone.get_by_role("button", name="Yes, it works").click()
    expect(phone.get_by_text("Completed", exact=True).first).to_be_visible()
    ticket.refresh_from_db()
    assert ticket.status_type == "closed"
    phone.goto(f"{desk_server}/portal/reports/?state=all")
    expect(phone.get_by_role("link", name=ticket.subject)).to_be_visible()
    fits(phone, axe)


def test_a_guest_without_scripts_reports_and_reads(
    desk_server: str, desk: Desk, browser_context: BrowserContext, axe: Faults
) -> None:
    browser = browser_context.browser
    assert browser is not None
    plain = browser.new_context(
        java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    page = plain.new_page()
    page.goto(f"{desk_server}/portal/report/")
    page.get_by_role("button", name="Printing").click()
    page.get_by_label("Your name").fill("Gerda Gast")
    page.get_by_label("Your mail address").fill("gerda@gast.example")
    page.get_by_label("Please describe it in your own words").fill("Der Drucker streikt.")
    page.get_by_role("button", name="Continue to").click()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("gerda@gast.example")).to_be_visible()
    page.goto(desk_server + newest_link())
    assert not Ticket.objects.exists()
    page.get_by_role("button", name="Yes, send my report").click()
    expect(page.get_by_text("Der Drucker streikt.").last).to_be_visible()
    page.get_by_label("Your answer").fill("Und er piept.")
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("Und er piept.")).to_be_visible()
    assert Ticket.objects.get().messages.count() == 2
    plain.close()


def test_pages_of_guests_are_accessible(desk_server: str, desk: Desk, phone: Page, axe: Faults) -> None:
    for theme in ("light", "dark"):
        phone.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        for path in ("/portal/", "/portal/report/", "/portal/report/?area=printing"):
            phone.goto(desk_server + path)
            fits(phone, axe)
    phone.goto(f"{desk_server}/portal/report/?area=orders")
    phone.locator("[name=name]").fill("Gerda Gast")
    phone.locator("[name=email]").fill("gerda@gast.example")
    phone.locator("[name=body]").fill("Ein Headset, bitte.")
    phone.locator("button[value=check]").click()
    expect(phone.locator("button[value=send]")).to_be_visible()
    fits(phone, axe)
    phone.locator("button[value=send]").click()
    phone.wait_for_url("**/portal/guest/sent/**")
    fits(phone, axe)
    phone.goto(desk_server + newest_link())
    fits(phone, axe)
    phone.locator("main form button").click()
    expect(phone.locator("textarea")).to_be_visible()
    fits(phone, axe)
    phone.goto(f"{desk_server}/portal/guest/report/forged/")
    fits(phone, axe)
