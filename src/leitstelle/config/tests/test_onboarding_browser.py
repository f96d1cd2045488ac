"""A new desk is set up in Chromium, from the first sign-in to the first ticket, with real mail servers; seconds told.

A whole team must be able to work within a quarter of an hour. A person types slower than this test, so that it is held
to a fraction of that: what is measured is what the desk itself takes, with all its pages, mails and fetching.
"""

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from leitstelle.config.tests.product import ADMIN, PASSWORD, Product, running_product
from leitstelle.intake.tests.servers import PASSWORD as MAIL_PASSWORD
from leitstelle.intake.tests.servers import Dovecot, SmtpServer, dovecot, smtp_server

pytestmark = [pytest.mark.browser, pytest.mark.mailserver, pytest.mark.timeout(600)]
SUPPORT, COLLEAGUE = "support@hafen.example", "bruno@hafen.example"
MOST_SECONDS = 300
ARRIVES = 60_000  # milliseconds: a new mailbox is noticed within 15 s, on a busy machine later
HIGH = 45_000


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("onboarding")) as running:
        yield running


@contextmanager
def post_office() -> Iterator[tuple[Dovecot, SmtpServer]]:
    """An SMTP server whose mail to the support address lands in Dovecot, as on a mail server of a house."""
    with dovecot(SUPPORT) as imap, smtp_server("versand") as smtp:
        done = threading.Event()

        def carry() -> None:
            sent = 0
            while not done.wait(0.2):
                for one in smtp.received[sent:]:
                    sent += 1
                    if SUPPORT in one.recipients:
                        imap.deliver(SUPPORT, one.raw, one.sender)

        carrier = threading.Thread(target=carry, daemon=True)
        carrier.start()
        try:
            yield imap, smtp
        finally:
            done.set()
            carrier.join(5)


def test_a_new_desk_works_within_minutes(
    product: Product, browser_context: BrowserContext, record_property: Callable[[str, object], None]
) -> None:
    browser_context.set_default_timeout(HIGH)
    page = browser_context.new_page()
    with post_office() as (imap, smtp):
        begun = time.monotonic()
        sign_in(page, product.address)
        name_the_house(page)
        choose_hours_levels_and_teams(page)
        set_up_sending(page, smtp)
        link = invite_a_colleague(page, smtp)
        set_up_the_mailbox(page, imap)
        keep_the_deadlines(page)
        watch_the_first_ticket(page)
        seconds = time.monotonic() - begun
        colleague_begins(page, link)
    record_property("seconds_to_first_ticket", round(seconds, 1))
    sys.stdout.write(f"first sign-in to first ticket: {seconds:.1f} s\n")
    assert seconds < MOST_SECONDS
    checked = product.command("journal", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def save(page: Page) -> None:
    page.locator("main .form button.btn-primary").click()


def on(page: Page, code: str) -> None:
    page.wait_for_url(f"**/first-steps/{code}/")


def sign_in(page: Page, address: str) -> None:
    """Whoever administers an empty desk lands on the first steps; the company is known from `leitstelle init`."""
    page.goto(f"{address}/")
    page.fill("input[name=login]", ADMIN)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/first-steps/")
    expect(page.locator(".step-list li[data-state=done]")).to_have_count(1)


def name_the_house(page: Page) -> None:
    page.locator(".step-list a").first.click()
    page.fill("[name=portal_name]", "IT-Hilfe Hafen")
    save(page)
    on(page, "hours")


def choose_hours_levels_and_teams(page: Page) -> None:
    page.select_option("[name=place]", "DE|HH")
    page.fill("[name=weekdays]", "07:30–17:00")
    save(page)
    on(page, "levels")
    page.check("input[value=two-tier]")
    save(page)
    on(page, "teams")
    expect(page.locator("[name=team-1-name]")).to_have_value("Backdesk")
    save(page)
    on(page, "outgoing")


def set_up_sending(page: Page, smtp: SmtpServer) -> None:
    """A wrong password is told with its remedy; the right one sends the test mail."""
    page.fill("[name=host]", "127.0.0.1")
    page.fill("[name=port]", str(smtp.port))
    page.select_option("[name=security]", "none")
    page.fill("[name=username]", "versand")
    page.fill("[name=password]", "falsch")
    page.fill("[name=address]", SUPPORT)
    save(page)
    expect(page.locator("#trial li[data-ok=no] p")).to_have_count(1)
    page.fill("[name=password]", MAIL_PASSWORD)
    save(page)
    expect(page.locator("#trial")).to_contain_text("250 accepted")
    expect(page.locator("#trial li[data-ok=no]")).to_have_count(0)


def invite_a_colleague(page: Page, smtp: SmtpServer) -> str:
    """The invitation arrives as a mail; its link is the one the page shows."""
    page.goto(re.sub(r"/outgoing/.*", "/people/", page.url))
    page.fill("[name=name]", "Bruno Bahr")
    page.fill("[name=email]", COLLEAGUE)
    page.select_option("[name=team]", index=1)
    save(page)
    expect(page.locator("button[data-copy]")).to_have_count(1)
    until = time.monotonic() + ARRIVES / 1000
    while not (mails := [one for one in smtp.received if one.recipients == [COLLEAGUE]]):
        assert time.monotonic() < until, "the invitation never left"
        page.wait_for_timeout(200)
    assert "IT-Hilfe Hafen" in str(mails[0].mail["From"])
    found = re.search(r"http\S+/account/invitation/\S+", mails[0].mail.get_content())
    assert found
    return found[0]


def set_up_the_mailbox(page: Page, imap: Dovecot) -> None:
    page.goto(re.sub(r"/people/.*", "/mailbox/", page.url))
    page.fill("[name=address]", SUPPORT)
    page.fill("[name=imap_host]", "127.0.0.1")
    page.fill("[name=imap_port]", str(imap.imap))
    page.select_option("[name=imap_tls]", "none")
    page.fill("[name=imap_password]", MAIL_PASSWORD)
    save(page)
    expect(page.locator("#trial li[data-ok=yes]")).to_have_count(5)
    expect(page.locator("#trial li[data-ok=no]")).to_have_count(0)


def keep_the_deadlines(page: Page) -> None:
    page.goto(re.sub(r"/mailbox/.*", "/targets/", page.url))
    save(page)
    on(page, "check")


def watch_the_first_ticket(page: Page) -> None:
    """The mail leaves by SMTP, is fetched by IMAP and shows as a ticket without a reload."""
    expect(page.locator("#arrived li")).to_have_count(0)
    save(page)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#arrived li")).to_have_count(1, timeout=ARRIVES)
    assert page.evaluate("window.neverReloaded") is True
    expect(page.locator("#arrived")).to_contain_text("Frontdesk")


def colleague_begins(page: Page, link: str) -> None:
    """The invited colleague chooses a password, signs in with it, and sees the ticket in the inbox."""
    browser = page.context.browser
    assert browser is not None
    visitor = browser.new_context(locale="de-DE")
    visitor.set_default_timeout(HIGH)
    theirs = visitor.new_page()
    theirs.goto(link)
    theirs.fill("[name=password1]", "Leuchtturm-Nebel-42")
    theirs.fill("[name=password2]", "Leuchtturm-Nebel-42")
    theirs.locator("main button[type=submit]").click()
    theirs.wait_for_url("**/tickets/**")
    theirs.goto(re.sub(r"/tickets/.*", "/tickets/?view=all", theirs.url))
    expect(theirs.locator("#list a.subject")).to_have_count(1)
    assert "IT-Hilfe Hafen" in theirs.title()
    visitor.close()
