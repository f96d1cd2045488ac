"""The house's account for outgoing mail, and the steps of a connection test."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts.tests.cast import NOW, make_administrator
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail
from leitstelle.intake.tests.factories import desk, mail
from leitstelle.intake.tests.servers import PASSWORD, smtp_server
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event, Subject
from leitstelle.kernel.mail import Outgoing, queue_mail
from leitstelle.kernel.mail.accounts import AccountInput, save_account
from leitstelle.kernel.mail.actions import AUTOMATIC_PER_THREAD
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.probing import try_smtp
from leitstelle.kernel.mail.transports import Security, SmtpConfig, house_account, house_address
from leitstelle.kernel.mail.trials import (
    Remedy,
    TrialStep,
    address_allowed,
    port_allowed,
    remedy_for_encryption,
    remedy_for_sign_in,
    succeeded,
)
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain

SYSTEM = Viewer.system()
GIVEN = AccountInput(
    host="smtp.hafen.example", username="desk", password="geheim", address="desk@hafen.example"
)


@pytest.mark.django_db
def test_a_stored_account_takes_the_place_of_the_configuration() -> None:
    assert house_account() is None
    save_account(GIVEN, by=SYSTEM, now=NOW)
    config = house_account()
    assert config is not None
    assert (config.host, config.password, house_address()) == (
        "smtp.hafen.example",
        "geheim",
        "desk@hafen.example",
    )
    event = Event.objects.get(code="mail.account_changed")
    assert "geheim" not in str(event.data)


@pytest.mark.django_db
@pytest.mark.django_db
def test_stopped_loops_are_shown_to_administrators(client: Client) -> None:
    box = desk()
    raw = mail(sender="Miriam Brandt <miriam.brandt@werk-nord.example>")
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    ticket = InboundMail.objects.select_related("ticket").get(pk=accepted.pk).ticket
    assert ticket is not None
    client.force_login(make_administrator())
    page = reverse("intake:outgoing")
    assert "machines answer each other" not in client.get(page).content.decode()
    for number in range(AUTOMATIC_PER_THREAD + 1):
        robot = Outgoing(
            to=[f"robot-{number}@firma.example"],
            subject="Eingang",
            text="x",
            from_email=box.address,
            subject_ref=Subject("ticket", ticket.pk),
            automatic=True,
        )
        queue_mail(robot, actor=Viewer.system().actor, now=timezone.now())
    shown = client.get(page).content.decode()
    assert "machines answer each other" in shown
    assert f"#{ticket.number} {ticket.subject}" in shown
    assert f"robot-{AUTOMATIC_PER_THREAD}@firma.example" in shown


@pytest.mark.django_db
def test_an_empty_password_stays_but_never_goes_to_another_server() -> None:
    row = save_account(GIVEN, by=SYSTEM, now=NOW)
    same = AccountInput(host=GIVEN.host, username="desk", port=465, security="tls", address=GIVEN.address)
    row = save_account(same, version=row.version, by=SYSTEM, now=NOW)
    assert str(row.password) == "geheim"
    other = AccountInput(host="smtp.fremd.example", username="desk", address=GIVEN.address)
    row = save_account(other, version=row.version, by=SYSTEM, now=NOW)
    assert str(row.password) == ""


@pytest.mark.django_db
def test_refusals_of_the_account() -> None:
    with pytest.raises(NotAllowed):
        save_account(GIVEN, by=Viewer.guest(language="de"), now=NOW)
    with pytest.raises(InvalidInput):
        save_account(AccountInput(host="x", address="kein"), by=SYSTEM, now=NOW)
    row = save_account(GIVEN, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        save_account(AccountInput(host="anders"), version=row.version - 1, by=SYSTEM, now=NOW)
    assert OutgoingAccount.objects.get().host == GIVEN.host


def attempt(**changes: object) -> list[tuple[TrialStep, bool, Remedy | None]]:
    values = {"host": "127.0.0.1", "port": 25, "security": Security.NONE, **changes}
    steps = try_smtp(SmtpConfig(**values), "desk@hafen.example", "anja@hafen.example", "Test", "Text")  # type: ignore[arg-type]
    return [(one.step, one.ok, one.remedy) for one in steps]


def test_a_test_mail_shows_each_step_and_arrives() -> None:
    with smtp_server("desk") as server:
        steps = attempt(port=server.port, username="desk", password=PASSWORD)
        assert [step for step, ok, _ in steps if ok] == [
            TrialStep.RESOLVE,
            TrialStep.CONNECT,
            TrialStep.SIGN_IN,
            TrialStep.SENDER,
            TrialStep.RECIPIENT,
            TrialStep.CONTENT,
        ]
        assert server.wait_for(1)[0].recipients == ["anja@hafen.example"]


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"password": "falsch"}, (TrialStep.SIGN_IN, False, Remedy.PASSWORD)),
        ({"password": PASSWORD, "security": Security.STARTTLS}, (TrialStep.ENCRYPT, False, Remedy.TLS_MODE)),
        ({"username": "", "password": ""}, (TrialStep.SENDER, False, Remedy.SENDER)),
    ],
)
def test_what_goes_wrong_stops_at_its_step(changes: dict[str, object], last: object) -> None:
    with smtp_server("desk") as server:
        assert attempt(**{"port": server.port, "username": "desk", **changes})[-1] == last
        assert not server.received


def test_places_a_test_never_connects_to() -> None:
    assert attempt(port=22)[-1] == (TrialStep.CONNECT, False, Remedy.PORT)
    assert attempt(host="169.254.169.254", port=25)[-1] == (TrialStep.CONNECT, False, Remedy.ADDRESS)
    assert attempt(host="gibt-es-nicht.invalid")[-1] == (TrialStep.RESOLVE, False, Remedy.NAME)


@given(st.integers(0, 65535))
def test_ports_of_other_services_are_refused(port: int) -> None:
    assert port_allowed(port) == (port in {25, 143, 465, 587, 993, 2525} or port >= 1024)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1%eth0", "0.0.0.0", "224.0.0.1"]
)
def test_addresses_of_the_network_itself_are_refused(address: str) -> None:
    assert not address_allowed(address)
    assert address_allowed("127.0.0.1")
    assert address_allowed("192.168.1.10")


@pytest.mark.parametrize(
    ("host", "answer", "remedy"),
    [
        ("imap.gmail.com", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)", Remedy.APP_PASSWORD),
        ("smtp.example.org", "534 5.7.9 Application-specific password required", Remedy.APP_PASSWORD),
        ("outlook.office365.com", "AUTHENTICATE failed.", Remedy.BASIC_AUTH_OFF),
        ("smtp.office365.com", "535 5.7.139 Authentication unsuccessful", Remedy.BASIC_AUTH_OFF),
        ("imap.gmx.net", "authentication failed", Remedy.IMAP_OFF),
        ("imap.example.org", "[PRIVACYREQUIRED] Plaintext authentication disallowed", Remedy.ENCRYPT_FIRST),
        ("imap.example.org", "[AUTHENTICATIONFAILED] Authentication failed.", Remedy.PASSWORD),
        ("notgmail.com.example.org", "no", Remedy.PASSWORD),
    ],
)
def test_common_refusals_have_a_remedy(host: str, answer: str, remedy: Remedy) -> None:
    assert remedy_for_sign_in(host, answer) is remedy


def test_failed_handshakes_have_a_remedy() -> None:
    assert remedy_for_encryption("certificate verify failed: Hostname mismatch, …") is Remedy.CERTIFICATE_NAME
    assert remedy_for_encryption("certificate verify failed: self-signed") is Remedy.CERTIFICATE
    assert remedy_for_encryption("[SSL: WRONG_VERSION_NUMBER]") is Remedy.TLS_MODE
    assert succeeded([])
