"""The frame and the components in a real browser: accessibility, both themes, phone, keyboard, live updates."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.kernel import viewer as viewers
from leitstelle.kernel.errors import Conflict
from leitstelle.kernel.events import Actor, EventData, Subject, record, unit
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import Command, register_command, register_nav, registry
from leitstelle.kernel.web.live import register_live_check, topics
from leitstelle.kernel.web.live.presence import presence
from leitstelle.kernel.web.registry import _Registered

pytestmark = pytest.mark.browser
AGENT = Viewer(person_id=1, hat=Hat.AGENT, is_admin=True, language="de")


@dataclass(frozen=True)
class BellRung(EventData):
    code: ClassVar[str] = "webtest.bell_rung"


def refuse(request: HttpRequest) -> HttpResponse:
    raise Conflict


urlpatterns = [
    path("refuse/", refuse),
    path("", include("leitstelle.kernel.web.urls")),
    path("account/", include("allauth.account.urls")),
]
handler404 = "leitstelle.kernel.web.answers.page_not_found"


@pytest.fixture(autouse=True)
def sample_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_registered", _Registered())
    monkeypatch.setattr(topics, "_checks", {})
    for number, (key, icon) in enumerate([("Tickets", "inbox"), ("Kunden", "building"), ("Wissen", "book")]):
        register_nav(key, key, "web:components", icon, number, shortcut=f"g {key[0].lower()}")
    for number in range(3):
        register_nav(f"more{number}", f"Mehr {number}", "web:administration", "server", 10 + number)
    register_command(
        Command("new", "Neues Ticket", "web:components", "plus", 1, shortcut="c", prominent=True)
    )

    def visible(viewer: Viewer, ids: Sequence[int]) -> set[int]:
        return set(ids)

    register_live_check("bell", visible)
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: AGENT)
    with override_settings(ROOT_URLCONF=__name__, DEMO=True):
        yield


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_components_are_accessible_in_both_themes_and_fit_the_screen(
    desk_server: str, page: Page, axe: Callable[[Page], list[str]], theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"{desk_server}/_components/")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.check('14px \"Plex Sans\"')")
    assert axe(page) == []


@pytest.mark.parametrize("address", ["/nowhere/", "/portal/nowhere/"])
def test_error_pages_are_accessible(
    desk_server: str, page: Page, axe: Callable[[Page], list[str]], address: str
) -> None:
    page.goto(f"{desk_server}{address}")
    assert axe(page) == []


def test_widths_of_bars_come_from_classes(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    stretch = page.locator(".clock-track i.pause").first
    track = stretch.locator("..")
    assert stretch.bounding_box() is not None
    share = stretch.evaluate(
        "i => i.getBoundingClientRect().width / i.parentElement.getBoundingClientRect().width"
    )
    assert share == pytest.approx(0.16, abs=0.01)
    assert track.evaluate("i => getComputedStyle(i, '::after').left") != "0px"


def test_theme_stays_for_the_next_page(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    page.locator(".topbar .menu-box > summary").click()
    page.locator("[data-theme-set=dark]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_keys_open_the_overview_the_palette_and_pages_and_can_be_switched_off(
    desk_server: str, page: Page
) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("Neues Ticket")
    page.locator("#keys [data-keys-switch]").click()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("mehr 2")
    option = page.locator(".palette-item[aria-selected=true]")
    expect(option).to_have_text("Mehr 2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/administration/")


def test_a_single_key_never_fires_inside_a_field(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    page.locator("#id_subject").fill("")
    page.locator("#id_subject").press_sequentially("g k c ?")
    assert page.locator("#id_subject").input_value() == "g k c ?"
    assert page.url.endswith("/_components/")


def test_the_composer_switches_modes_and_never_sends_parts_of_another(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    composer = page.locator("#composer-reply")
    expect(composer.locator("[type=submit]:visible")).to_have_text("An Frau Brandt senden")
    composer.locator("label", has_text="note").or_(composer.locator("label", has_text="Notiz")).click()
    assert composer.get_attribute("data-mode") == "note"
    expect(composer.locator("[type=submit]:visible")).to_have_count(1)
    assert composer.locator("[data-for=reply][type=submit]").is_disabled()


def test_each_mode_of_the_composer_has_a_text_of_its_own(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    composer = page.locator("#composer-reply")
    text, modes = composer.locator("textarea"), composer.locator("[name=mode]")
    text.fill("Guten Tag Frau Brandt")
    modes.nth(1).check(force=True)
    expect(text).to_have_value("")
    text.fill("Nur für das Team")
    modes.nth(0).check(force=True)
    expect(text).to_have_value("Guten Tag Frau Brandt")


def test_a_change_reaches_the_open_page_and_presence_is_shown(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.evaluate(
        """() => {
            const box = document.createElement("div");
            box.id = "bell"; box.dataset.liveTopics = "bell:1"; box.dataset.liveNotice = "";
            box.setAttribute("hx-get", "/");
            const who = document.createElement("span");
            who.id = "who"; who.dataset.presence = "bell:1";
            document.querySelector("main").prepend(box, who);
            box.addEventListener("live", () => (box.dataset.refreshed = "yes"));
            document.dispatchEvent(new Event("htmx:afterSettle"));
        }"""
    )
    presence.beat("bell:1", 7, "Jonas Wendt", writing=False)
    expect(page.locator("#who")).to_contain_text("Jonas Wendt")
    with unit():
        record(
            BellRung(),
            subject=Subject("bell", 1),
            actor=Actor.system("t"),
            at=datetime(2026, 3, 1, tzinfo=UTC),
        )
    button = page.locator("#bell .live-notice button")
    expect(button).to_be_visible()
    button.click()
    expect(page.locator("#bell")).to_have_attribute("data-refreshed", "yes")


def test_without_a_script_the_menu_and_the_language_still_work(
    desk_server: str, browser_context: BrowserContext
) -> None:
    assert browser_context.browser is not None
    context = browser_context.browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(f"{desk_server}/nowhere/")
    page.locator(".menu-box > summary").first.click()
    expect(page.locator(".menu button[value=en]")).to_be_visible()
    context.close()


def test_a_refused_step_is_said_and_leaves_the_page_as_it_is(desk_server: str, page: Page) -> None:
    page.goto(f"{desk_server}/_components/")
    page.wait_for_load_state("networkidle")
    page.locator("#id_subject").fill("typed text")
    page.evaluate("htmx.ajax('POST', '/refuse/', { target: 'main', swap: 'innerHTML' })")
    expect(page.locator("#toasts [role=alert]")).to_be_visible()
    assert page.locator("#id_subject").input_value() == "typed text"
    page.locator("#toasts [data-toast-close]").first.click()
    expect(page.locator("#toasts [role=alert]")).to_have_count(0)
