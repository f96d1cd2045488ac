"""The house's account for outgoing mail signs in by token, at a real SMTP server and a provider of tokens."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, email, make_administrator
from leitstelle.config.doctor.findings import Level
from leitstelle.config.doctor.services import outgoing_mail
from leitstelle.intake.actions.oauth import OAuthInput, client_of, save_oauth
from leitstelle.intake.gateways.oauth import access_token
from leitstelle.intake.models import MailOAuth
from leitstelle.intake.rules.mail.oauth import endpoints
from leitstelle.intake.tests.servers import SmtpServer, TokenServer, smtp_server, token_server
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event, Subject
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail
from leitstelle.kernel.mail.accounts import AccountInput, note_tokens, save_account
from leitstelle.kernel.mail.choices import MailState
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.sending import send
from leitstelle.kernel.mail.transports import NoToken, house_account
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain

SYSTEM = Viewer.system()
SENDER = "desk@hafen.example"
REFUSED = {"error": "invalid_grant", "error_description": "AADSTS700082: the refresh token has expired"}


@pytest.fixture
def admin(db: None) -> Client:
    person: Person = make_administrator("Anja", email("anja@x.example", primary=True))
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with token_server(SENDER) as running:
        yield running


@pytest.fixture
def smtp(provider: TokenServer) -> Iterator[SmtpServer]:
    with smtp_server(tokens=provider.good) as running:
        yield running


def account(smtp: SmtpServer, **changes: str) -> OutgoingAccount:
    values = {"host": "127.0.0.1", "security": "none", "auth": "oauth2", "address": SENDER} | changes
    return save_account(AccountInput(port=smtp.port, **values), by=SYSTEM, now=NOW)  # type: ignore[arg-type]


def tokens(provider: TokenServer, grant: str = "client") -> MailOAuth:
    new = OAuthInput(
        provider="other",
        grant=grant,
        client_id="desk",
        client_secret="streng geheim",
        token_url=provider.url,
        authorize_url="https://login.example/authorize",
        scope="mail",
    )
    return save_oauth(None, new, by=SYSTEM, now=NOW)


def form(smtp: SmtpServer, **changes: str) -> dict[str, str]:
    values = {"host": "127.0.0.1", "port": str(smtp.port), "security": "none", "auth": "oauth2"}
    return values | {"username": SENDER, "address": SENDER, "recipient": "anja@x.example"} | changes


@pytest.mark.django_db(transaction=True)
def test_mail_of_the_house_leaves_by_token_and_waits_while_there_is_none(
    provider: TokenServer, smtp: SmtpServer
) -> None:
    account(smtp)
    tokens(provider)
    now = timezone.now()
    queue_mail(
        Outgoing(to=["jm@kunde.example"], subject="Einladung", text="Willkommen.", from_email=SENDER),
        actor=SYSTEM.actor,
        now=now,
    )
    drain(now)
    assert smtp.wait_for(1)[0].sender == SENDER
    asked = {"grant_type": "client_credentials", "scope": "mail"}
    assert provider.asked == [asked | {"client_id": "desk", "client_secret": "streng geheim"}]
    row = MailOAuth.objects.get()
    assert str(row.access_token) in provider.good

    provider.refuse.update(REFUSED)
    MailOAuth.objects.update(expires_at=None)
    queue_mail(
        Outgoing(to=["jm@kunde.example"], subject="Zweite", text="Hallo.", from_email=SENDER),
        actor=SYSTEM.actor,
        now=now,
    )
    drain(now)
    waiting = OutboxMail.objects.get(subject="Zweite")
    assert waiting.state == MailState.QUEUED
    assert "AADSTS700082" in waiting.last_error
    provider.refuse.clear()
    send(waiting.pk, now + timedelta(hours=1))
    waiting.refresh_from_db()
    assert waiting.state == MailState.SENT
    assert smtp.wait_for(2)[1].mail["Subject"] == "Zweite"


@pytest.mark.django_db
def test_the_stored_password_is_not_tried_where_tokens_are_wanted(smtp: SmtpServer) -> None:
    account(smtp, auth="password", username="desk", password="geheim")
    assert house_account().password == "geheim"  # type: ignore[union-attr]
    account(smtp, username="desk")
    config = house_account()
    assert config is not None
    assert (config.username, config.password) == ("desk", "")
    assert config.token is not None
    with pytest.raises(NoToken) as refused:
        config.token()
    assert refused.value.remedy == "connect"
    account(smtp, auth="password", username="desk")
    back = house_account()
    assert back is not None
    assert (back.password, back.token) == ("geheim", None)


def test_the_page_sets_up_allows_and_tests(admin: Client, provider: TokenServer, smtp: SmtpServer) -> None:
    outgoing, page = reverse("intake:outgoing"), reverse("intake:outgoing-oauth")
    without = admin.post(outgoing, form(smtp, do="test", version="0"))
    assert page in without.content.decode()
    assert "OAuth2 is not set up for this account" in without.content.decode()

    data = {"provider": "other", "grant": "refresh", "client_id": "desk", "client_secret": "streng geheim"}
    assert admin.post(page, data | {"token_url": "http://tokens.example/"}).status_code == 422
    data |= {"token_url": provider.url, "authorize_url": "https://login.example/authorize"}
    assert admin.post(page, data).status_code == 303
    offered = admin.post(reverse("intake:outgoing-oauth-allow")).content.decode()
    link = re.search(r'href="(https://login\.example/authorize[^"]+)"', offered)
    assert link is not None
    query = dict(parse_qsl(urlsplit(unescape(link[1])).query))
    assert query["login_hint"] == SENDER
    answer = {"state": query["state"], "code": "c1"}
    back = admin.get(reverse("intake:mailbox-oauth-back"), answer)
    assert (back.status_code, back.headers["Location"]) == (303, outgoing)
    row = MailOAuth.objects.get()
    assert (row.mailbox_id, str(row.refresh_token)) == (None, "r1")
    shown = admin.get(page).content.decode()
    assert "streng geheim" not in shown
    assert str(row.access_token) not in shown
    recorded = Event.objects.filter(subject_kind="mail_account").order_by("pk")
    assert [event.code for event in recorded] == ["mail.account_changed"] * 3
    assert "geheim" not in str([event.data for event in recorded])

    version = str(OutgoingAccount.objects.get().version)
    tried = admin.post(outgoing, form(smtp, do="test", version=version)).content.decode()
    assert "250 accepted" in tried
    assert provider.asked[-1]["refresh_token"] == "r1"  # a test takes a new token
    assert smtp.wait_for(1)[0].recipients == ["anja@x.example"]


@pytest.mark.parametrize("of", ["provider", "server"])
def test_a_test_tells_who_refuses(admin: Client, provider: TokenServer, smtp: SmtpServer, of: str) -> None:
    account(smtp, username=SENDER)
    tokens(provider)
    if of == "provider":
        provider.refuse.update(
            error="invalid_client", error_description="AADSTS7000222: the secret has run out"
        )
    else:
        smtp.tokens = set()  # type: ignore[attr-defined]
    version = str(OutgoingAccount.objects.get().version)
    shown = admin.post(reverse("intake:outgoing"), form(smtp, do="test", version=version))
    text = unescape(shown.content.decode())
    assert ("AADSTS7000222" in text) == (of == "provider")
    assert ("does not take the token" in text or "nimmt das Token nicht" in text) == (of == "server")
    assert not smtp.received
    troubles = [one.level for one in outgoing_mail()]
    assert troubles == [Level.OK] + [Level.ERROR] * (of == "provider")


def test_who_may_and_what_is_refused(admin: Client, provider: TokenServer, smtp: SmtpServer) -> None:
    with pytest.raises(InvalidInput) as nobody:
        account(smtp, address="")
    assert "username" in nobody.value.fields
    assert admin.post(reverse("intake:outgoing-oauth-allow")).status_code == 404
    with pytest.raises(NotAllowed):
        note_tokens(("oauth_scope",), by=Viewer.guest(language="de"), now=NOW)
    row = tokens(provider)
    with pytest.raises(IntegrityError), transaction.atomic():
        MailOAuth.objects.create(client_id="zweite")
    assert access_token(None) == access_token(None)
    row.refresh_from_db()
    assert row.access_token
    assert Subject("mail_account", 1) in [
        Subject(event.subject_kind, event.subject_id) for event in Event.objects.all()
    ]


def test_microsoft_is_asked_for_sending_only() -> None:
    house = endpoints(client_of(MailOAuth(provider="microsoft", grant="refresh", client_id="x")))
    assert house.scope == "https://outlook.office.com/SMTP.Send offline_access"
    own = endpoints(client_of(MailOAuth(provider="microsoft", grant="client", tenant="t", client_id="x")))
    assert own.scope == "https://outlook.office365.com/.default"
    google = endpoints(client_of(MailOAuth(provider="google", grant="refresh", client_id="x")))
    assert google.scope == "https://mail.google.com/"
