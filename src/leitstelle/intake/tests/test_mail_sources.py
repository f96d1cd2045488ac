"""Mail by POP3 and LMTP, and sign-ins by token, against real servers."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from imapclient import IMAPClient

from leitstelle.intake.actions import accept as accepting
from leitstelle.intake.choices import Reason
from leitstelle.intake.gateways import imap, lmtp, pop3
from leitstelle.intake.gateways.oauth import access_token
from leitstelle.intake.gateways.trying import ImapPlace, try_imap, try_pop3
from leitstelle.intake.models import InboundMail, Mailbox, MailOAuth, PopMail
from leitstelle.intake.tasks import mailbox_account
from leitstelle.intake.tests.factories import desk, mail, mailbox
from leitstelle.intake.tests.servers import (
    HAS_POP3,
    PASSWORD,
    Dovecot,
    TokenServer,
    dovecot,
    free_port,
    smtp_server,
    token_server,
)
from leitstelle.kernel.mail.gateways import Outcome
from leitstelle.kernel.mail.gateways import deliver as send
from leitstelle.kernel.mail.transports import NoToken
from leitstelle.kernel.mail.trials import Remedy, TrialStep
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Ticket

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True)]
TOKEN_BOX = "token@leitstelle.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[TokenServer]:
    with token_server(TOKEN_BOX) as running:
        yield running


@pytest.fixture(scope="module")
def server(provider: TokenServer) -> Iterator[Dovecot]:
    boxes = [f"pop{number}@leitstelle.example" for number in range(12)]
    with dovecot(*boxes, TOKEN_BOX, tokens=provider.port) as running:
        yield running


_used = iter(range(12))


def fetched(server: Dovecot, address: str, **more: Any) -> Mailbox:
    values = {
        "address": address,
        "imap_host": "127.0.0.1",
        "imap_user": address,
        "imap_tls": "none",
        "imap_password": PASSWORD,
        "is_default": True,
    }
    return desk(timezone.now(), **values | more)


@pytest.fixture
def box(server: Dovecot) -> Mailbox:
    address = f"pop{next(_used)}@leitstelle.example"
    return fetched(server, address, fetch="pop3", imap_port=server.pop3)


def look(box: Mailbox) -> int:
    box.refresh_from_db()
    with pop3.opened(box) as client:
        return pop3.fetch_new(box, client, threading.Event())


def on_server(box: Mailbox) -> int:
    client = pop3.connect(box.imap_host, box.imap_port, "none", verify=True)
    pop3.sign_in(client, box.address, PASSWORD)
    count = len(pop3.uidls(client))
    client.quit()
    return count


if HAS_POP3:  # where a system has Dovecot without POP3 the rest of the tests still runs

    def test_pop3_mail_is_taken_once_and_stays(server: Dovecot, box: Mailbox) -> None:
        """Trap 8."""
        long_line = mail(2, text="x" * 9000 + "\n.\n..\nEnde")
        server.deliver_many(box.address, [mail(1), long_line])
        assert look(box) == 2
        drain()
        assert Ticket.objects.count() == 2
        assert "Ende" in Ticket.objects.order_by("pk").last().messages.get().body.text  # type: ignore[union-attr]
        assert look(box) == 0
        assert on_server(box) == 2
        server.deliver(box.address, mail(3))
        assert look(box) == 1

    def test_pop3_mail_is_deleted_where_wanted(server: Dovecot, box: Mailbox) -> None:
        Mailbox.objects.filter(pk=box.pk).update(pop_delete=True)
        server.deliver_many(box.address, [mail(1), mail(2)])
        assert look(box) == 2
        assert on_server(box) == 0
        assert look(box) == 0
        assert not PopMail.objects.exists()

    def test_a_pop3_connection_lost_anywhere_doubles_nothing(
        server: Dovecot, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Trap 8: stored but not noted, noted but not deleted, deleted but never told to the server."""
        Mailbox.objects.filter(pk=box.pk).update(pop_delete=True)
        server.deliver_many(box.address, [mail(1), mail(2)])

        def cut(*_args: object) -> None:
            raise OSError("connection lost")

        for place, name in ((pop3, "note_pop"), (pop3._Client, "dele"), (pop3._Client, "quit")):
            with monkeypatch.context() as patched:
                patched.setattr(place, name, cut)
                with pytest.raises(OSError, match="lost"):
                    look(box)
        assert on_server(box) == 2
        look(box)
        assert InboundMail.objects.count() == 2
        assert on_server(box) == 0

    def test_only_the_headers_of_a_huge_pop3_mail_are_fetched_and_it_stays_there(
        server: Dovecot, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Trap 10."""
        monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 2000)
        monkeypatch.setattr(pop3, "max_mail_bytes", lambda: 2000)
        Mailbox.objects.filter(pk=box.pk).update(pop_delete=True)
        server.deliver(box.address, mail(1, text="x\n" * 50_000))
        assert look(box) == 1
        held = InboundMail.objects.get()
        assert (held.state, held.reason_code) == ("quarantined", Reason.TOO_LARGE)
        assert on_server(box) == 1
        assert look(box) == 0

    def test_an_old_pop3_archive_makes_no_tickets_the_first_time(
        server: Dovecot, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.deliver(box.address, mail(1))
        monkeypatch.setattr(pop3, "LOOK_BACK", timedelta(seconds=-5))
        assert look(box) == 1
        assert not InboundMail.objects.exists()
        server.deliver(box.address, mail(2))
        assert look(box) == 1
        assert InboundMail.objects.get().subject

    @pytest.mark.parametrize(("mode", "port"), [("tls", "pop3s"), ("starttls", "pop3")])
    def test_pop3_is_encrypted_and_the_certificate_checked(
        server: Dovecot, box: Mailbox, mode: str, port: str
    ) -> None:
        Mailbox.objects.filter(pk=box.pk).update(imap_tls=mode, imap_port=getattr(server, port))
        with pytest.raises(OSError, match="certificate"):
            look(box)
        Mailbox.objects.filter(pk=box.pk).update(imap_verify=False)
        assert look(box) == 0

    def test_a_pop3_mailbox_can_be_tried(server: Dovecot, box: Mailbox) -> None:
        server.deliver(box.address, mail(1))
        steps = try_pop3(place(box))
        assert all(step.ok for step in steps), steps
        assert steps[-1].detail == "1"
        refused = try_pop3(place(box, password="falsch"))[-1]
        assert (refused.ok, refused.step, refused.remedy) == (False, TrialStep.SIGN_IN, Remedy.PASSWORD)

    def test_pop3_signs_in_by_token(server: Dovecot, provider: TokenServer) -> None:
        box = by_token(server, provider, fetch="pop3", imap_port=server.pop3)
        server.deliver(TOKEN_BOX, mail(71))
        with pop3.opened(box) as client:
            assert pop3.uidls(client)
        provider.good.clear()
        with pytest.raises(pop3.SignInRefused), pop3.opened(box):
            pass


def place(box: Mailbox, **changes: Any) -> ImapPlace:
    values: dict[str, Any] = {
        "host": box.imap_host,
        "port": box.imap_port,
        "tls": box.imap_tls,
        "verify": box.imap_verify,
        "user": box.imap_user,
        "password": PASSWORD,
    }
    return ImapPlace(**values | changes)


# --- tokens ---


def by_token(server: Dovecot, provider: TokenServer, grant: str = "refresh", **more: Any) -> Mailbox:
    values = {"fetch": "imap", "imap_port": server.imap, "imap_auth": "oauth2", "imap_password": ""} | more
    box = fetched(server, TOKEN_BOX, **values)
    provider.refuse.clear()
    provider.asked.clear()
    provider.seconds = 3600
    MailOAuth.objects.create(
        mailbox=box,
        provider="other",
        grant=grant,
        client_id="desk",
        client_secret="streng geheim",
        token_url=provider.url,
        authorize_url=provider.url,
        scope="mail",
        refresh_token="r0",
    )
    return box


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_imap_signs_in_by_token(
    server: Dovecot, provider: TokenServer, monkeypatch: pytest.MonkeyPatch, mechanism: str
) -> None:
    if mechanism == "OAUTHBEARER":
        asked = IMAPClient.has_capability
        monkeypatch.setattr(
            IMAPClient, "has_capability", lambda self, name: name != "AUTH=XOAUTH2" and asked(self, name)
        )
    box = by_token(server, provider)
    server.deliver(TOKEN_BOX, mail(len(mechanism)))
    with imap.opened(box) as session:
        assert imap.fetch_new(session, threading.Event()) >= 1
    assert InboundMail.objects.exists()
    assert provider.asked[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "r0",
        "client_id": "desk",
        "client_secret": "streng geheim",
    }


def test_tokens_are_kept_renewed_early_and_rotated(server: Dovecot, provider: TokenServer) -> None:
    box = by_token(server, provider)
    first = access_token(box)
    assert access_token(box) == first
    assert len(provider.asked) == 1
    MailOAuth.objects.update(expires_at=timezone.now() + timedelta(minutes=4))
    assert access_token(box) != first
    assert provider.asked[1]["refresh_token"] == "r1"
    provider.refuse.update(error="invalid_grant", error_description="AADSTS700082: expired")
    with pytest.raises(NoToken) as refused:
        access_token(box, fresh=True)
    assert refused.value.remedy == "connect"
    row = MailOAuth.objects.get()
    assert "AADSTS700082" in row.last_error
    assert str(row.refresh_token) == "r2"
    provider.refuse.clear()


def test_client_credentials_need_nobody(server: Dovecot, provider: TokenServer) -> None:
    box = by_token(server, provider, grant="client")
    MailOAuth.objects.update(refresh_token="")
    access_token(box)
    assert provider.asked[0]["grant_type"] == "client_credentials"
    assert provider.asked[0]["scope"] == "mail"


def test_a_token_the_mail_server_refuses_is_told_apart(server: Dovecot, provider: TokenServer) -> None:
    box = by_token(server, provider)
    tried = try_imap(place(box, token=lambda: access_token(box)))
    assert all(step.ok for step in tried), tried
    assert [step.step for step in tried][2] == TrialStep.TOKEN
    provider.good.clear()
    last = try_imap(place(box, token=lambda: access_token(box)))[-1]
    assert (last.ok, last.step, last.remedy) == (False, TrialStep.SIGN_IN, Remedy.TOKEN_REFUSED)
    provider.refuse.update(error="invalid_client", error_description="AADSTS7000222: the secret has run out")
    last = try_imap(place(box, token=lambda: access_token(box, fresh=True)))[-1]
    assert (last.step, last.remedy) == (TrialStep.TOKEN, Remedy.TOKEN_SECRET)
    provider.refuse.clear()


def test_sending_signs_in_by_token(server: Dovecot, provider: TokenServer) -> None:
    box = by_token(server, provider, smtp_auth="oauth2", smtp_tls="none", smtp_host="127.0.0.1")
    with smtp_server(tokens=provider.good) as smtp:
        Mailbox.objects.filter(pk=box.pk).update(smtp_port=smtp.port)
        config = mailbox_account(str(box.pk))
        assert config is not None
        result = send(config, TOKEN_BOX, ["jm@kunde.example"], mail(1), before_data=lambda: None)
        assert result.reply.outcome is Outcome.ACCEPTED
        assert smtp.wait_for(1)[0].sender == TOKEN_BOX
        provider.refuse.update(error="invalid_grant")
        MailOAuth.objects.update(expires_at=None)
        result = send(config, TOKEN_BOX, ["jm@kunde.example"], mail(2), before_data=lambda: None)
        assert result.reply.outcome is Outcome.TEMPORARY
        assert "invalid_grant" in result.reply.text
    provider.refuse.clear()


# --- LMTP ---


@contextmanager
def listening() -> Iterator[int]:
    port, stop = free_port(), threading.Event()
    thread = threading.Thread(target=lmtp.run_lmtp, args=("127.0.0.1", port, stop))
    thread.start()
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            threading.Event().wait(0.05)
        yield port
    finally:
        stop.set()
        thread.join()


def test_lmtp_answers_once_the_mail_is_durable() -> None:
    box, other = desk(timezone.now()), mailbox("zweite@leitstelle.example")
    with listening() as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.mail("jm@kunde.example", ["SIZE=400"])
        assert client.rcpt(f"{box.address[:7]}+T42{box.address[7:]}")[0] == 250
        assert client.rcpt(other.address)[0] == 250
        assert client.rcpt("fremd@leitstelle.example")[0] == 550
        assert client.data(mail(1, text=".Punkt am Anfang\n."))[0] == 250
        assert client.getreply()[0] == 250  # one answer per recipient
        assert InboundMail.objects.count() == 2
        client.sendmail("jm@kunde.example", [box.address], mail(1, text=".Punkt am Anfang\n."))
        assert InboundMail.objects.count() == 2
    drain()
    ticket = Ticket.objects.get()
    assert ".Punkt am Anfang" in ticket.messages.get().body.text


def test_lmtp_trouble_is_temporary_and_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Traps 9 and 10."""
    box = desk(timezone.now())

    def broken(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with listening() as port, smtplib.LMTP("127.0.0.1", port) as client:
        with monkeypatch.context() as patched:
            patched.setattr(lmtp, "accept_raw", broken)
            with pytest.raises(smtplib.SMTPDataError) as trouble:
                client.sendmail("jm@kunde.example", [box.address], mail(1))
        assert trouble.value.smtp_code == 451
        for place in (accepting, lmtp):
            monkeypatch.setattr(place, "max_mail_bytes", lambda: 2000)
        with pytest.raises(smtplib.SMTPDataError) as large:
            client.sendmail("jm@kunde.example", [box.address], mail(2, text="x\n" * 5000))
        assert large.value.smtp_code == 552
        assert InboundMail.objects.get().reason_code == Reason.TOO_LARGE


def test_lmtp_keeps_nothing_of_a_mail_that_breaks_off() -> None:
    box = desk(timezone.now())
    with listening() as port:
        with socket.create_connection(("127.0.0.1", port)) as raw:
            talk = raw.makefile("rwb")
            for line in (
                b"LHLO x",
                b"MAIL FROM:<a@b.example>",
                b"RCPT TO:<%s>" % box.address.encode(),
                b"DATA",
            ):
                talk.write(line + b"\r\n")
            talk.write(b"Subject: halb\n.\nnoch nicht zu Ende\r\n")  # a bare line feed ends nothing
            talk.flush()
        with smtplib.LMTP("127.0.0.1", port) as client:
            assert client.noop()[0] == 250
    assert not InboundMail.objects.exists()


def test_lmtp_reads_a_huge_mail_in_bounded_memory() -> None:
    class Endless:
        left = 4000

        def readline(self, most: int) -> bytes:
            self.left -= 1
            return b"x" * (most - 2) + b"\r\n" if self.left else b".\r\n"

    raw, size = lmtp.read_data(Endless(), 1_000_000)
    assert size > 250_000_000
    assert len(raw) <= 600_000
