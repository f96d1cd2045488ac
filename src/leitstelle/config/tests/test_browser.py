"""The sign-in page in Chromium, over a real ASGI server: it is what everybody meets first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_page_is_accessible(
    desk_server: str, page: Page, axe: Callable[[Page], list[str]], width: int, height: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{desk_server}/account/login/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []


def test_no_request_leaves_the_server(desk_server: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk_server}/account/login/")
    assert asked
    assert all(url.startswith((desk_server, "data:")) for url in asked)
