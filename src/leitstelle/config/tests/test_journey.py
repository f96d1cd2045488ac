"""The way of a case through the whole product: real processes, real mail servers, a real browser.

A mail becomes a ticket in an open inbox, is answered, and the answer to the answer finds its ticket. A problem
reported on a phone goes from the first level to the second with what was tried, is resolved, and taken up again.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from email.utils import make_msgid

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from leitstelle.config.tests.product import ADMIN, PASSWORD, Product, running_product
from leitstelle.intake.tests.servers import PASSWORD as MAIL_PASSWORD
from leitstelle.intake.tests.servers import Dovecot, Received, SmtpServer, dovecot, smtp_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
DESK_ADDRESS, CUSTOMER = "support@leitstelle.example", "jana.kunde@kunde.example"
ARRIVES = 30_000  # milliseconds: fetching, processing and pushing on a busy machine
PHONE: ViewportSize = {"width": 390, "height": 844}
BAIT, CANARY = "Stubbenkammer", "Zeisignotiz"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser, product: Product) -> Iterator[Callable[..., Page]]:
    """Opens a browser of their own for somebody and signs them in; errors of scripts fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def sign_in(address: str, *, phone: bool = False) -> Page:
        size: ViewportSize = PHONE if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(
            locale="de-DE", viewport=size, has_touch=phone, base_url=product.address
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        page.goto("/account/login/")
        page.locator("main [name=login]").fill(address)
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main [name=password]").press("Enter")
        page.wait_for_url(lambda url: "/account/login/" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert errors == []


# --- by mail ---------------------------------------------------------------------------------------------------


def set_up_mailbox(page: Page, imap: Dovecot, smtp: SmtpServer) -> None:
    page.goto("/administration/mailboxes/new/")
    for name, value in {
        "address": DESK_ADDRESS,
        "sender_name": "Hafen IT",
        "imap_host": "127.0.0.1",
        "imap_port": str(imap.imap),
        "imap_user": DESK_ADDRESS,
        "imap_password": MAIL_PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": str(smtp.port),
    }.items():
        page.locator(f"main [name={name}]").fill(value)
    for name, value in {"fetch": "imap", "imap_tls": "none", "smtp_tls": "none"}.items():
        page.locator(f"main [name={name}]").select_option(value)
    page.locator("main [name=is_default]").check(force=True)
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(DESK_ADDRESS)
    page.wait_for_url("**/administration/mailboxes/")


def send(imap: Dovecot, subject: str, body: str, **headers: str) -> None:
    """Hand a mail to the mailbox's server: with swaks as the documentation says, else the same by hand."""
    swaks = shutil.which("swaks")
    lines = {"Subject": subject, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if swaks is None:
        head = {"From": f"Jana Kunde <{CUSTOMER}>", "To": DESK_ADDRESS, **lines}
        raw = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        imap.deliver(DESK_ADDRESS, f"{raw}\r\n{body}\r\n".encode(), CUSTOMER)
        return
    words = [swaks, "--server", f"127.0.0.1:{imap.lmtp}", "--protocol", "LMTP", "--silent", "2"]
    words += ["--from", CUSTOMER, "--to", DESK_ADDRESS, "--body", body]
    for name, value in lines.items():
        words += ["--header", f"{name}: {value}"]
    subprocess.run(words, check=True, timeout=30, capture_output=True)


def answer_in(smtp: SmtpServer, words: str) -> Received:
    """The mail with these words, once it has arrived."""
    for count in range(1, 6):
        latest = smtp.wait_for(count)[-1]
        body = latest.mail.get_body(("plain",))
        if body is not None and words in body.get_content():
            return latest
    raise AssertionError("the answer did not arrive")


@pytest.mark.mailserver
def test_a_mail_arrives_live_is_answered_and_its_answer_finds_the_ticket(
    product: Product, visitor: Callable[..., Page]
) -> None:
    with dovecot(DESK_ADDRESS) as imap, smtp_server() as smtp:
        page = visitor(ADMIN)
        set_up_mailbox(page, imap, smtp)
        page.goto("/tickets/?view=open")
        page.wait_for_load_state("load")
        page.evaluate("window.neverReloaded = true")
        first_id = make_msgid(domain="kunde.example")
        send(imap, "Drucker im Lager streikt", "Seit heute frueh kommt kein Blatt.", Message_Id=first_id)
        row = page.locator("#list a.subject", has_text="Drucker im Lager streikt")
        expect(row).to_be_visible(timeout=ARRIVES)
        assert page.evaluate("window.neverReloaded") is True

        row.click()
        page.wait_for_url("**/tickets/*-*/")
        page.locator("#composer [name=body]").fill("Bitte einmal die Klappe hinten schließen.")
        page.locator("#composer [type=submit][data-for=reply]").click()
        expect(page.locator("#thread")).to_contain_text("Klappe hinten")
        answer = answer_in(smtp, "Klappe hinten")
        assert answer.recipients == [CUSTOMER]
        assert answer.mail["In-Reply-To"] == first_id
        assert first_id in answer.mail["References"]
        assert DESK_ADDRESS in answer.mail["From"]

        page.evaluate("window.neverReloaded = true")
        ours = answer.mail["Message-ID"]
        send(
            imap,
            "AW: irgendwas ganz anderes",
            "Danke, jetzt druckt er wieder.",
            Message_Id=make_msgid(domain="kunde.example"),
            In_Reply_To=ours,
            References=f"{first_id} {ours}",
        )
        expect(page.locator("#thread")).to_contain_text("jetzt druckt er wieder", timeout=ARRIVES)
        assert page.evaluate("window.neverReloaded") is True
        page.goto("/tickets/?view=all")
        expect(page.locator("#list a.subject", has_text="irgendwas ganz anderes")).to_have_count(0)
        expect(page.locator("#list a.subject", has_text="Drucker im Lager streikt")).to_have_count(1)
    checked = product.command("journal", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


# --- by the portal ---------------------------------------------------------------------------------------------

STAFF = """
from leitstelle.tickets.tests.desk import make_desk
from leitstelle.accounts.models import Person
make_desk()
Person.objects.update(language="de")
"""


@pytest.fixture
def staff(product: Product) -> None:
    """The cast: a requester, agents of the first and the second level."""
    made = product.command("manage", "shell", "--verbosity", "0", "-c", STAFF)
    assert made.returncode == 0, made.stderr


def report_problem(phone: Page, text: str) -> str:
    """Report on the phone as people do; the address of the report."""
    phone.goto("/portal/report/")
    phone.locator("button[name=area][value=printing]").click()
    phone.locator("textarea[name=body]").fill(text)
    phone.locator("button[name=step][value=check]").click()
    phone.locator("button[name=step][value=send]").click()
    phone.wait_for_url("**/sent/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    address = phone.url.removesuffix("sent/")
    phone.goto(address)
    expect(phone.locator("#conversation")).to_contain_text(text)
    return address


def hand_over(agent: Page, ticket: str) -> None:
    """A note inside the house, then the handover to the second level, which asks what was tried."""
    agent.goto(ticket)
    agent.locator("#composer label", has=agent.locator("input[value=note]")).click()
    agent.locator("#composer [name=body]").fill(f"{BAIT} {CANARY}")
    agent.locator("#composer [type=submit][data-for=note]").click()
    expect(agent.locator("#thread")).to_contain_text(CANARY)
    agent.goto(f"{ticket}handover/")
    expect(agent.locator("main [name=tried]")).to_have_attribute("required", "")
    team = agent.locator("main [name=team] option", has_text="Netz und Server")
    agent.locator("main [name=team]").select_option(team.get_attribute("value"))
    agent.locator("main [name=reason]").fill(f"{BAIT} {CANARY}-Grund")
    agent.locator("main [name=tried]").fill(f"{BAIT} {CANARY}-Versuch: Treiber neu")
    agent.locator(".step-form [type=submit]").click()
    expect(agent.locator("#thread")).to_contain_text("Treiber neu")


def accept_and_resolve(expert: Page, ticket: str) -> None:
    expert.goto(ticket)
    expect(expert.locator("#thread")).to_contain_text("Treiber neu")
    expert.locator("form[action*='/accept/'] [type=submit]").click()
    expect(expert.locator("form[action*='/accept/']")).to_have_count(0)
    expert.goto(f"{ticket}step/resolve/")
    expert.locator("main [name=text]").fill("Die Warteschlange war voll und ist geleert.")
    expert.locator(".step-form [type=submit]").click()
    expect(expert.locator("#thread")).to_contain_text("ist geleert")


def found_by(page: Page, address: str, words: str) -> None:
    """Search again until the index has followed."""
    for _ in range(60):
        page.goto(address)
        if page.locator("main", has_text=words).count():
            return
        page.wait_for_timeout(250)
    pytest.fail(f"{address} never showed “{words}”")


def test_a_report_from_a_phone_is_handed_over_resolved_and_taken_up_again(
    product: Product, staff: None, visitor: Callable[..., Page]
) -> None:
    phone = visitor("miriam.brandt@werk-nord.example", phone=True)
    report = report_problem(phone, "Der Netzwerkdrucker im Versand wirft leere Seiten aus.")
    ticket = report.replace("/portal/reports/", "/tickets/")
    agent = visitor("jonas.wendt@desk.example")
    agent.goto("/tickets/?view=unassigned")
    expect(agent.locator("#list a.subject", has_text="Netzwerkdrucker")).to_be_visible()
    hand_over(agent, ticket)
    accept_and_resolve(visitor("mareike.thomsen@desk.example"), ticket)

    # The phone lay open all the while: the solution comes by itself.
    expect(phone.locator("#conversation")).to_contain_text("ist geleert", timeout=ARRIVES)
    expect(phone.locator("form[action$='/done/']")).to_be_visible()
    phone.locator("#answer [name=body]").fill("Leider immer noch leere Seiten.")
    phone.locator("#answer [type=submit]").last.click()
    expect(phone.locator("#conversation")).to_contain_text("immer noch leere Seiten")
    expect(phone.locator("form[action$='/done/']")).to_have_count(0)
    agent.goto("/tickets/?view=open")
    expect(agent.locator("#list a.subject", has_text="Netzwerkdrucker")).to_be_visible()

    found_by(agent, "/search/?q=Drucker", "Netzwerkdrucker")
    found_by(agent, f"/search/?q={BAIT}", "Netzwerkdrucker")  # the note is in the index by now
    found_by(phone, "/portal/reports/?q=Drucker", "Netzwerkdrucker")
    for address in (report, "/portal/", "/portal/reports/", f"/portal/reports/?q={BAIT}"):
        phone.goto(address)
        assert CANARY not in phone.content(), f"{address} shows what is internal"
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    answer = phone.goto(ticket)
    assert answer is not None
    assert answer.status == 404
    checked = product.command("journal", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
