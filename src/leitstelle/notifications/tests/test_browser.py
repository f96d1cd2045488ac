"""The bell in Chromium: it rings without a reload, leaves the focus alone, and falls silent on the ticket's page."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.notifications.tests.house import NOW, make_house, work
from leitstelle.tickets import actions

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_bell_rings_live_and_the_ticket_silences_it(
    desk_server: str, browser_context: BrowserContext, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    desk = make_house()
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": desk_server}]
    )
    page.goto(desk_server + reverse("tickets:new"))
    field = page.locator("textarea").first
    field.fill("Angefangen")
    # The bell is there and shows nothing; somebody is typing.
    expect(page.locator("#bell .pip")).to_have_count(0)
    ticket = desk.open("Beamer dunkel")
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    work()
    expect(page.locator("#bell .pip")).to_have_text("2")
    expect(page.locator(".toast").last).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    expect(field).to_have_value("Angefangen")
    # The same with the focus on the bell itself.
    page.locator("#bell").focus()
    actions.write_note(ticket, "Lampe bestellt", by=desk.as_lead(), now=NOW)
    work()
    expect(page.locator("#bell .pip")).to_have_text("3")
    assert page.evaluate("document.activeElement.id") == "bell"
    page.goto(desk_server + reverse("notifications:list"))
    assert axe(page) == []
    page.get_by_role("link", name=f"#{ticket.number} Beamer dunkel").first.click()
    expect(page.locator("#bell .pip")).to_have_count(0)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_be_visible()
