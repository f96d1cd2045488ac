"""Every page of the access table in Chromium: accessible in both themes, on a desk and on a phone, nothing cut off.

Pages come from `access.json`, so a new one is looked at without a line here. Leaves the components alone to
`kernel/tests/test_web_browser.py`.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from leitstelle.accounts.models import Person
from leitstelle.config.tests.test_access import CAST, placeholders, rows
from leitstelle.config.tests.world import BAIT, World, make_world
from leitstelle.kernel.work import drain

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
# Answers that are no pages, and addresses that only lead elsewhere.
NO_PAGES = (
    "api:", "web:palette", "web:messages", "web:live", "web:portal-live", "intake:source", "tickets:attachment",
    "tickets:preview", "tickets:find-people", "intake:callers", "intake:caller", "intake:ringing", "portal:file",
    "portal:guest-file", "accounts:home", "account_logout", "account_email", "notifications:bell", "tickets:news",
    "intake:chat-widget", "intake:chat-help", "tickets:tabs", "first-steps:arrived", "tickets:offer-snippets",
)  # fmt: skip
MAIN_PAGES = (
    "/tickets/",
    "/tickets/new/",
    f"/search/?q={BAIT}",
    "/quarantine/",
    "/administration/",
    "/portal/",
)
NARROWEST = 320
# Pages as the requester and the administrator see them; the guest opens what needs no sign-in.
VISITORS = ("guest", "requester", "admin")
PARTS = [("guest", 0, 1), ("requester", 0, 1), ("admin", 0, 3), ("admin", 1, 3), ("admin", 2, 3)]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = make_world()
    drain(timezone.now())
    Person.objects.update(language="de")  # the longer words
    return world


def pages_of(world: World, who: str) -> list[str]:
    """Addresses of the table that this visitor may open, and some that only a query reaches."""
    known = placeholders(world)
    found = []
    for row in rows():
        if row.expected.get("GET", {}).get(who) != "ok" or row.name.startswith(NO_PAGES):
            continue
        if who != "guest" and row.name.startswith(("account_", "portal:guest")):
            continue
        if who == "admin" and row.name.startswith("portal:"):
            continue
        if who == "requester" and not row.name.startswith(("portal:", "accounts:")):
            continue
        query = f"?{urlencode(row.query)}" if row.query else ""
        found.append(reverse(row.name, args=[known.get(word, word) for word in row.args]) + query)
    return found + MORE[who]


MORE = {
    "guest": ["/portal/report/?area=printing", "/portal/nowhere/"],
    "requester": ["/portal/report/?area=printing", f"/portal/reports/?q={BAIT}", "/portal/nowhere/"],
    "admin": [
        "/tickets/?view=all",
        "/tickets/?view=unassigned",
        "/search/",
        "/search/?q=gibtesnicht",
        "/nowhere/",
    ],
}


@pytest.fixture
def visit(browser_context: BrowserContext) -> Iterator[Callable[[str, World, str], Page]]:
    """Opens pages as one of the cast; what the console complains about fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The status of an error page is no fault of the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(f"{message.location.get('url', '')}: {message.text}")

    page = browser_context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))

    def start(server: str, world: World, who: str) -> Page:
        person = world.people[who]
        if person is not None:
            session = world.client(who).cookies[settings.SESSION_COOKIE_NAME].value
            browser_context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}]
            )
        return page

    yield start
    assert [text for text in complaints if "ERR_ABORTED" not in text] == []


@pytest.mark.parametrize(("who", "part", "parts"), PARTS)
def test_every_page_is_accessible_and_fits(
    desk_server: str,
    world: World,
    visit: Callable[[str, World, str], Page],
    axe: Callable[[Page], list[str]],
    who: str,
    part: int,
    parts: int,
) -> None:
    """All rules on a phone in the light; contrast again in the dark; widths down to the narrowest phone."""
    page = visit(desk_server, world, who)
    faults = []
    for address in pages_of(world, who)[part::parts]:
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(reduced_motion="reduce", color_scheme="light")
        page.goto(desk_server + address)
        faults += [f"{address}: {fault}" for fault in _faults(page, axe)]
    assert faults == [], "\n" + "\n".join(faults)


def _faults(page: Page, axe: Callable[[Page], list[str]]) -> Iterator[str]:
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} main headings"
    yield from axe(page)
    yield from _too_wide(page, 390)
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    yield from _too_wide(page, NARROWEST)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    found = page.evaluate(CONTRAST)
    yield from (f"dark: {target} has too little contrast" for target in found)
    yield from _too_wide(page, 1280)


# axe is on the page by now; one of its rules costs a tenth of all.
CONTRAST = """async () => {
    const found = await axe.run({ runOnly: ["color-contrast"], resultTypes: ["violations"] });
    return found.violations.flatMap((violation) => violation.nodes.map((node) => String(node.target)));
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_main_pages_are_accessible_in_each_theme_and_size(
    desk_server: str,
    world: World,
    visit: Callable[[str, World, str], Page],
    axe: Callable[[Page], list[str]],
    theme: str,
    width: int,
) -> None:
    page = visit(desk_server, world, "admin")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce", color_scheme="dark" if theme == "dark" else "light")
    ticket, report = f"/tickets/{world.ticket.public_id}/", f"/portal/reports/{world.ticket.public_id}/"
    faults = []
    for address in (*MAIN_PAGES, ticket, f"{ticket}handover/", f"{ticket}protocol/", report):
        page.goto(desk_server + address)
        faults += [f"{address}: {fault}" for fault in axe(page)]
        faults += [f"{address}: {fault}" for fault in _too_wide(page, width)]
    assert faults == [], "\n" + "\n".join(faults)


def _too_wide(page: Page, width: int) -> Iterator[str]:
    whole = page.evaluate("document.documentElement.scrollWidth")
    if whole > width:
        widest = page.evaluate(
            """(width) => [...document.querySelectorAll('body *')]
                .filter((e) => e.getBoundingClientRect().right > width + 1 && e.getClientRects().length)
                .slice(0, 4).map((e) => e.tagName + '.' + e.className)""",
            width,
        )
        yield f"{whole} px wide at {width} px: {widest}"


def test_the_visitors_belong_to_the_cast() -> None:
    assert set(VISITORS) <= set(CAST)
    assert {who for who, _, _ in PARTS} == set(VISITORS)
