"""The desk by keyboard in Chromium, and the focus that survives what others do meanwhile.

A real server with its live updates runs in this process; the tests act as other people through the real actions.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.accounts.models import Person
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ARRIVES = 20_000
WHERE = """() => {
  const active = document.activeElement;
  return {
    id: active.id || active.name, value: active.value ?? "",
    start: active.selectionStart ?? -1, end: active.selectionEnd ?? -1,
    thread: document.getElementById("thread")?.scrollTop ?? -1, list: document.getElementById("list")?.scrollTop ?? -1,
    same: active === window.before,
  };
}"""


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk()


@pytest.fixture
def agent(desk: Desk, desk_server: str, browser_context: BrowserContext, page: Page) -> Page:
    """The page of the first-level agent, signed in."""
    sign_in(browser_context, desk_server, desk.agent)
    page.set_default_timeout(30_000)  # the first page of a fresh process compiles every template
    return page


def sign_in(context: BrowserContext, address: str, person: Person) -> None:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for name, morsel in client.cookies.items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": address}])


def url(server: str, ticket: Ticket) -> str:
    return f"{server}/tickets/{ticket.public_id}/"


def settle(page: Page) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(600)


def stay(page: Page) -> dict[str, Any]:
    """Remember the element with the focus and return where everything is."""
    page.evaluate("window.before = document.activeElement")
    found: dict[str, Any] = page.evaluate(WHERE)
    return found


def test_what_is_typed_selected_and_scrolled_stays_while_others_act_on_the_ticket(
    desk: Desk, desk_server: str, agent: Page
) -> None:
    lines = "\n".join(f"Zeile {number}" for number in range(60))
    ticket = desk.open("Scanner im Archiv", text=lines, now=timezone.now() - timedelta(hours=1))
    agent.goto(url(desk_server, ticket))
    settle(agent)
    agent.evaluate("document.getElementById('thread').scrollTop = 40")
    agent.keyboard.press("n")
    agent.keyboard.type("Erste Zeile der Notiz, noch nicht fertig")
    for _ in range(5):
        agent.keyboard.press("Shift+ArrowLeft")
    before = stay(agent)
    assert before["id"] == "body"
    assert before["end"] - before["start"] == 5

    now = timezone.now()
    actions.write_note(ticket, "Ich habe den Toner getauscht.", by=desk.as_expert(), now=now)
    actions.assign_ticket(ticket, team=desk.second, to=desk.expert, by=desk.as_lead(), now=now)
    actions.wait_for(ticket, "waiting_third", reason="Ersatzteil", by=desk.as_lead(), now=now)
    expect(agent.locator("#thread")).to_contain_text("Toner getauscht", timeout=ARRIVES)
    expect(agent.locator("#ticket-head")).to_contain_text("Mareike Thomsen", timeout=ARRIVES)
    expect(agent.locator("#announce")).to_contain_text("new entr", timeout=ARRIVES)
    agent.wait_for_timeout(700)
    assert agent.evaluate(WHERE) == {**before, "same": True}
    agent.keyboard.type("?")
    expect(agent.locator("#composer textarea")).to_have_value("Erste Zeile der Notiz, noch nicht f?")
    expect(agent.locator("#keys")).to_be_hidden()


def test_an_open_menu_and_marked_words_survive_an_update(desk: Desk, desk_server: str, agent: Page) -> None:
    ticket = desk.open("Tastatur klemmt", text="Bitte die Taste tauschen")
    agent.goto(url(desk_server, ticket))
    settle(agent)
    agent.evaluate("getSelection().selectAllChildren(document.querySelector('#thread .msg-body'))")
    marked = agent.evaluate("getSelection().toString()")
    agent.keyboard.press("s")
    expect(agent.locator("#status")).to_have_attribute("open", "")
    before = agent.evaluate("document.activeElement.outerHTML")
    actions.write_note(ticket, "Unterwegs.", by=desk.as_expert(), now=timezone.now())
    expect(agent.locator("#thread")).to_contain_text("Unterwegs", timeout=ARRIVES)
    expect(agent.locator("#status")).to_have_attribute("open", "")
    assert agent.evaluate("document.activeElement.outerHTML") == before
    assert agent.evaluate("getSelection().toString()") == marked


def test_the_chosen_row_keeps_the_focus_and_passes_it_on_when_it_leaves(
    desk: Desk, desk_server: str, agent: Page
) -> None:
    start = timezone.now() - timedelta(hours=1)
    tickets = [desk.open(f"Liste {number}", now=start + timedelta(minutes=number)) for number in range(4)]
    agent.goto(f"{desk_server}/tickets/?view=unassigned")
    settle(agent)
    agent.keyboard.press("j")
    agent.keyboard.press("j")
    before = stay(agent)
    assert before["id"].startswith("row-")
    chosen = next(ticket for ticket in tickets if before["id"] == f"row-{ticket.number}")
    other = next(ticket for ticket in tickets if ticket != chosen)
    actions.change_subject(other, "Liste, neu benannt", by=desk.as_lead(), now=timezone.now())
    expect(agent.locator(f"#row-{other.number}")).to_contain_text("neu benannt", timeout=ARRIVES)
    assert agent.evaluate(WHERE) == {**before, "same": True}
    assert agent.locator("#list tr[aria-selected=true] a.subject").get_attribute("id") == before["id"]

    actions.assign_ticket(chosen, team=desk.second, to=desk.expert, by=desk.as_lead(), now=timezone.now())
    expect(agent.locator("[data-news-notice]")).to_be_visible(timeout=ARRIVES)
    assert agent.evaluate(WHERE) == {**before, "same": True}
    agent.evaluate("htmx.trigger('#list', 'show')")
    expect(agent.locator(f"#row-{chosen.number}")).to_have_count(0, timeout=ARRIVES)
    expect(agent.locator("#list a.subject:focus")).to_have_count(1)
    expect(agent.locator("#announce")).not_to_be_empty()


def test_a_ticket_from_the_list_to_its_solution_by_keyboard_alone(
    desk: Desk, desk_server: str, agent: Page
) -> None:
    first, second = desk.open("Erster Fall"), desk.open("Zweiter Fall")
    agent.goto(f"{desk_server}/tickets/?view=open")
    settle(agent)
    agent.keyboard.press("j")
    agent.keyboard.press("Enter")
    agent.wait_for_url(lambda address: str(first.public_id) in address or str(second.public_id) in address)
    settle(agent)
    opened, other = (first, second) if str(first.public_id) in agent.url else (second, first)
    agent.keyboard.press("m")
    expect(agent.locator("#ticket-head")).to_contain_text("Jonas Wendt")
    settle(agent)
    agent.keyboard.press("r")
    agent.keyboard.type("Wir kommen um zehn Uhr vorbei.")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#thread")).to_contain_text("um zehn Uhr")
    settle(agent)
    agent.keyboard.press("Control+k")
    expect(agent.locator("#palette")).to_be_visible()
    agent.keyboard.type("resolve")
    agent.keyboard.press("Enter")
    agent.wait_for_url("**/step/resolve/")
    agent.locator("main form.step-form [type=submit]").focus()
    agent.keyboard.press("Enter")
    agent.wait_for_url(url(desk_server, opened))
    opened.refresh_from_db()
    assert opened.status_id == "resolved"
    settle(agent)
    agent.keyboard.press("g")
    agent.keyboard.press("i")
    agent.wait_for_url("**/tickets/")
    agent.goto(url(desk_server, other))
    settle(agent)
    agent.keyboard.press("[")
    agent.wait_for_url(url(desk_server, opened))


def test_tabs_mark_changes_live_close_by_key_and_survive_a_reload(
    desk: Desk, desk_server: str, agent: Page, axe: Callable[[Page], list[str]]
) -> None:
    # Not at the tests' usual time of day, which may lie ahead of the clock that says when somebody looked.
    start = timezone.now() - timedelta(hours=1)
    first, second = desk.open("Drucker Empfang", now=start), desk.open("Monitor Kasse", now=start)
    for ticket in (first, second):
        agent.goto(url(desk_server, ticket))
    settle(agent)
    agent.reload()
    settle(agent)
    expect(agent.locator(".tab-row > li")).to_have_count(2)
    actions.write_note(first, "Neues vom Drucker.", by=desk.as_expert(), now=timezone.now())
    expect(agent.locator(f"#tab-{first.number} .unread")).to_have_count(1, timeout=ARRIVES)
    agent.locator("#tab-menu > summary").click()
    assert axe(agent) == []
    agent.keyboard.press("Escape")
    agent.set_viewport_size({"width": 390, "height": 844})
    assert agent.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(agent) == []
    agent.set_viewport_size({"width": 1280, "height": 800})
    agent.locator(f"#tab-{first.number}").click(button="middle")
    expect(agent.locator(".tab-row > li")).to_have_count(1)
    assert agent.url == url(desk_server, second)
    agent.keyboard.press("q")
    agent.wait_for_url("**/tickets/")
    expect(agent.locator("#ticket-tabs")).to_have_count(0)


def test_single_keys_are_switched_off_for_the_person_and_alt_gr_types(
    desk: Desk, desk_server: str, agent: Page, axe: Callable[[Page], list[str]]
) -> None:
    agent.goto(f"{desk_server}/tickets/")
    settle(agent)
    agent.keyboard.press("?")
    expect(agent.locator("#keys")).to_be_visible()
    assert axe(agent) == []
    with agent.expect_response("**/keys/"):
        agent.locator("#keys [data-keys-switch]").uncheck()
    agent.keyboard.press("Escape")
    desk.agent.refresh_from_db()
    assert desk.agent.single_keys is False
    agent.context.clear_cookies(name="leitstelle_keys")
    agent.reload()
    settle(agent)
    agent.keyboard.press("c")
    agent.wait_for_timeout(300)
    assert agent.url == f"{desk_server}/tickets/"
    read = """event => {
      const address = document.querySelector("script[type=module]").src.replace("app.js", "keys.js");
      return import(address).then((keys) => keys.characterOf({ ...event, getModifierState: () => event.altGr }));
    }"""
    event = {"key": "[", "ctrlKey": True, "altKey": True, "isComposing": False}
    assert agent.evaluate(read, {**event, "altGr": True}) == "["
    assert agent.evaluate(read, {**event, "altGr": False}) == ""
    dead = {**event, "ctrlKey": False, "altKey": False, "key": "Dead", "altGr": False}
    assert agent.evaluate(read, dead) == ""
