"""A real server and Chromium for tests marked `browser`, and the accessibility check."""

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from leitstelle.kernel.web.threads import RequestThreads

START_SECONDS = 60  # patience with a busy machine
LOOKS = 4
SETTLES = 1000  # milliseconds
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class _Server(uvicorn.Server):
    """Uvicorn in a thread: signals belong to pytest."""

    def install_signal_handlers(self) -> None:
        pass


@pytest.fixture
def desk_server(transactional_db: None) -> Iterator[str]:
    """The whole desk over ASGI on a free port of loopback (streams work, unlike with `live_server`); its address."""
    from leitstelle.config.asgi import with_sockets  # noqa: PLC0415 - models are not there when plugins are read

    sock = socket.create_server(("127.0.0.1", 0))
    threads = RequestThreads()
    config = uvicorn.Config(
        with_sockets(ASGIStaticFilesHandler(get_asgi_application()), threads),
        lifespan="off",
        access_log=False,
        log_config=None,
        loop="asyncio",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])), daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    threads.end()
    sock.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium from the system's packages, one for the whole session."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    # Playwright's own event loop makes Django believe that tests run asynchronously.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: German, Berlin, a middle-sized window."""
    context = chromium.new_context(
        locale="de-DE", timezone_id="Europe/Berlin", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when its console reports an error or its policy was broken."""
    page = browser_context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    assert not errors, errors


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Finds accessibility faults of a page: one line each, empty when there are none.

    The live stream may change a page while it is looked at: what is found is looked at again until it stays or is gone.
    """

    def check(page: Page) -> list[str]:
        found = look(page)
        for _ in range(LOOKS):
            if not found:
                break
            page.wait_for_timeout(SETTLES)
            before, found = found, look(page)
            if found == before:
                break
        return found

    def look(page: Page) -> list[str]:
        results = Axe().run(page, options=AXE_OPTIONS)
        return [
            f"{violation['id']}: {node['target']} {violation['help']}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]

    return check
