"""Trying mailboxes and the outgoing account from the administration."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, email, make_administrator
from leitstelle.intake.gateways.trying import ImapPlace, try_imap
from leitstelle.intake.models import Mailbox, MailOAuth
from leitstelle.intake.tests.servers import PASSWORD, Dovecot, dovecot, smtp_server, token_server
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.trials import Remedy, TrialStep

ADDRESS = "support@leitstelle.example"


@pytest.fixture
def admin(db: None) -> Person:
    return make_administrator("Anja", email("anja@x.example", primary=True))


@pytest.fixture
def client_of_admin(admin: Person) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot(ADDRESS) as server:
        server.deliver(ADDRESS, b"From: a@b.example\r\nSubject: x\r\n\r\nHallo\r\n")
        yield server


def place(server: Dovecot, **changes: object) -> ImapPlace:
    values = {
        "host": "localhost",
        "port": server.imap,
        "tls": "none",
        "verify": True,
        "user": ADDRESS,
        "password": PASSWORD,
        "folder": "INBOX",
    }
    return ImapPlace(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.mailserver
def test_a_mailbox_is_looked_into_without_being_changed(imap: Dovecot) -> None:
    for _ in range(2):
        steps = try_imap(place(imap, tls="starttls", verify=False))
        assert all(one.ok for one in steps), steps
        assert [one.step for one in steps][2:] == [
            TrialStep.ENCRYPT,
            TrialStep.SIGN_IN,
            TrialStep.FOLDER,
            TrialStep.COUNT,
        ]
        assert steps[-1].detail == "1/1"


@pytest.mark.mailserver
@pytest.mark.parametrize(
    ("changes", "step", "remedy"),
    [
        ({"password": "falsch"}, TrialStep.SIGN_IN, Remedy.PASSWORD),
        ({"folder": "Gibtesnicht"}, TrialStep.FOLDER, Remedy.FOLDER),
        ({"tls": "starttls"}, TrialStep.ENCRYPT, Remedy.CERTIFICATE),
        ({"tls": "tls"}, TrialStep.ENCRYPT, Remedy.TLS_MODE),
        ({"port": 22}, TrialStep.CONNECT, Remedy.PORT),
    ],
)
def test_what_stands_in_the_way_is_named(
    imap: Dovecot, changes: dict[str, object], step: TrialStep, remedy: Remedy
) -> None:
    last = try_imap(place(imap, **changes))[-1]
    assert (last.ok, last.step, last.remedy) == (False, step, remedy)


def test_another_service_gives_nothing_away() -> None:
    with smtp_server() as server:
        last = try_imap(
            ImapPlace(
                host="127.0.0.1",
                port=server.port,
                tls="none",
                verify=True,
                user="x",
                password="y",
                folder="INBOX",
            )
        )[-1]
    assert (last.ok, last.remedy) == (False, Remedy.PROTOCOL)
    assert "220" not in last.detail


def test_the_page_sends_a_test_mail_and_shows_the_answer(client_of_admin: Client, admin: Person) -> None:
    with smtp_server("desk") as server:
        data = {
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "username": "desk",
            "version": "0",
        }
        data |= {
            "password": PASSWORD,
            "address": "desk@x.example",
            "recipient": "anja@x.example",
            "do": "test",
        }
        page = client_of_admin.post(reverse("intake:outgoing"), data)
        assert "250 accepted" in page.content.decode()
        assert PASSWORD not in page.content.decode()
        assert server.wait_for(1)[0].sender == "desk@x.example"
    assert OutgoingAccount.objects.get().host == "127.0.0.1"


def test_tests_are_counted(client_of_admin: Client) -> None:
    box = Mailbox.objects.create(address=ADDRESS, imap_host="127.0.0.1", imap_port=22, created_at=NOW)
    address = reverse("intake:mailbox-test", args=[box.public_id])
    answers = [client_of_admin.post(address).status_code for _ in range(21)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_access_is_allowed_at_the_provider_and_kept(client_of_admin: Client) -> None:
    box = Mailbox.objects.create(address=ADDRESS, created_at=NOW)
    page = reverse("intake:mailbox-oauth", args=[box.public_id])
    with token_server(ADDRESS) as provider:
        data = {
            "provider": "other",
            "grant": "refresh",
            "client_id": "desk",
            "client_secret": "streng geheim",
        }
        unsafe = client_of_admin.post(
            page, data | {"token_url": "http://tokens.example/", "authorize_url": ""}
        )
        assert unsafe.status_code == 422
        data |= {"token_url": provider.url, "authorize_url": "https://login.example/authorize"}
        assert client_of_admin.post(page, data).status_code == 303
        offered = client_of_admin.post(reverse("intake:mailbox-oauth-allow", args=[box.public_id]))
        link = re.search(r'href="(https://login\.example/authorize[^"]+)"', offered.content.decode())
        assert link is not None
        query = dict(parse_qsl(urlsplit(unescape(link[1])).query))
        assert (query["client_id"], query["code_challenge_method"]) == ("desk", "S256")
        back = reverse("intake:mailbox-oauth-back")
        assert query["redirect_uri"].endswith(back)
        answer = {"state": query["state"], "code": "c1"}
        assert Client().get(back, answer).status_code in (302, 303, 404)
        assert client_of_admin.get(back, answer).status_code == 303
        assert provider.asked[0]["grant_type"] == "authorization_code"
        assert provider.asked[0]["code_verifier"]
        assert client_of_admin.get(back, answer).status_code == 404  # once only
    row = MailOAuth.objects.get()
    assert str(row.refresh_token) == "r1"
    shown = client_of_admin.get(page).content.decode()
    assert "streng geheim" not in shown
    assert str(row.access_token) not in shown


def test_two_who_edit_a_mailbox_both_see_what_differs(client_of_admin: Client) -> None:
    box = Mailbox.objects.create(address=ADDRESS, created_at=NOW)
    address = reverse("intake:mailboxes-edit", args=[box.public_id])
    form = client_of_admin.get(address)
    assert 'name="version"' in form.content.decode()
    data = {"address": ADDRESS, "language": "de", "fetch": "pipe", "imap_port": 993, "imap_tls": "tls"}
    data |= {
        "imap_folder": "INBOX",
        "smtp_port": 587,
        "smtp_tls": "starttls",
        "version": 1,
        "is_active": "on",
    }
    assert client_of_admin.post(address, {**data, "sender_name": "Erste"}).status_code == 303
    late = client_of_admin.post(address, {**data, "sender_name": "Zweite"})
    assert late.status_code == 409
    assert "Erste" in late.content.decode()
    assert "Zweite" in late.content.decode()
    assert Mailbox.objects.get().sender_name == "Erste"
