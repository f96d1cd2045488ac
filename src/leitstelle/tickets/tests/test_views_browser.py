"""Views and selections in a real browser: put together by keyboard, acted on with one refusal, refreshed in place."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW
from leitstelle.tickets import actions
from leitstelle.tickets.models import SavedView, Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    desk = make_desk()
    Person.objects.update(language="en")
    return desk


@pytest.fixture
def agent(desk: Desk, desk_server: str, browser_context: BrowserContext, page: Page) -> Page:
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser_context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": desk_server}]
    )
    page.set_default_timeout(30_000)
    return page


def test_a_view_by_keyboard_and_three_tickets_assigned_of_which_one_is_refused(
    desk: Desk, desk_server: str, agent: Page, axe: Callable[[Page], list[str]]
) -> None:
    tickets = [desk.open(f"Drucker {index}") for index in range(3)]
    desk.open("Bleibt draußen")
    Ticket.objects.filter(pk__in=[one.pk for one in tickets]).update(priority_id=1)
    agent.goto(f"{desk_server}/tickets/views/new/?view=open")
    # The name has the focus; from here on the keyboard alone.
    keys = agent.keyboard
    expect(agent.locator("#view-name")).to_be_focused()
    keys.type("Critical ones")
    _tab_to(agent, "#add-row")
    keys.press("Enter")
    expect(agent.locator("#r2-column")).to_be_focused()
    keys.type("Prio")
    # Each letter may choose another column on the way: the whole word counts.
    expect(agent.locator("label", has=agent.locator("#r2-v1"))).to_contain_text("Critical", timeout=20_000)
    agent.wait_for_function("!document.querySelector('.htmx-request')")
    expect(agent.locator("#r2-column")).to_be_focused()
    _tab_to(agent, "#r2-v1")
    keys.press("Space")
    expect(agent.locator("#view-sample")).to_contain_text("3 tickets", timeout=20_000)
    assert axe(agent) == []
    agent.locator("#view-name").focus()
    keys.press("Enter")
    agent.wait_for_url("**/tickets/?view=saved-*")
    assert SavedView.objects.get().name == "Critical ones"
    expect(agent.locator(".views a[aria-current] .count")).to_have_text("3")

    rows = agent.locator("#list tbody tr[data-ticket]")
    expect(rows).to_have_count(3)
    for number in range(1, 4):
        keys.press("j")
        keys.press("x")
        expect(agent.locator("[data-bulk-count]")).to_have_text(f"{number} selected")
    assert axe(agent) == []
    keys.press("a")
    agent.wait_for_url("**/tickets/bulk/*/")
    # Somebody is faster with one of them.
    actions.take_ticket(Ticket.objects.get(pk=tickets[1].pk), by=desk.as_lead(), now=NOW)
    agent.select_option("#id_team", label=_label_of(agent, desk.second.name))
    agent.locator("button[value=run]").click()
    expect(agent.locator("#bulk-result [role=status]")).to_contain_text("2 tickets done")
    expect(agent.locator("#bulk-result .is-refused")).to_have_count(1)
    expect(agent.locator("#bulk-result .is-refused")).to_contain_text(f"#{tickets[1].number}")
    expect(agent.locator("#bulk-result .is-refused input")).to_be_checked()
    assert axe(agent) == []
    assert Ticket.objects.filter(team=desk.second).count() == 2
    agent.locator(".bulk-page a.btn-primary").click()
    agent.wait_for_url("**failed=*")
    expect(agent.locator("#list tbody .c-check input:checked")).to_have_count(1)


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as people without a mouse do."""
    for _step in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def _label_of(page: Page, name: str) -> str:
    return page.locator("#id_team option", has_text=name).inner_text()


def test_what_is_new_waits_behind_a_button_and_moves_nothing(
    desk: Desk, desk_server: str, agent: Page
) -> None:
    first = desk.open("Zuerst da")
    agent.goto(f"{desk_server}/tickets/?view=open&order=opened")
    row = agent.locator(f"#row-{first.number}")
    row.focus()
    before = row.bounding_box()
    agent.wait_for_load_state("load")
    agent.wait_for_timeout(500)
    second = desk.open("Danach gekommen")
    notice = agent.locator("[data-news-notice]")
    expect(notice).to_have_text("1 new, show", timeout=30_000)
    expect(agent.locator(".views [data-count=open]")).to_have_text("2", timeout=30_000)
    assert row.bounding_box() == before
    expect(row).to_be_focused()
    expect(agent.locator(f"#row-{second.number}")).to_have_count(0)
    notice.click()
    expect(agent.locator(f"#row-{second.number}")).to_be_visible()
    expect(notice).to_be_hidden()
