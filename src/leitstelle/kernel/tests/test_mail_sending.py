"""The outbox against a real SMTP server: every answer, and none."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Actor, Event, Subject, unit
from leitstelle.kernel.mail import (
    OutboxMail,
    Outgoing,
    SmtpConfig,
    outbox_page,
    queue_mail,
    register_transport,
    retry_mail,
)
from leitstelle.kernel.mail.queries import alarms, mails_about
from leitstelle.kernel.mail.sending import due, rescue, send
from leitstelle.kernel.mail.tasks import retry
from leitstelle.kernel.mail.transports import Security
from leitstelle.kernel.tests.smtp_server import Mailbox, accept_login, server_tls, smtp_server
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.work import drain

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)
ACTOR = Actor.system("test")
Connect = Callable[..., None]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Points the transport `test` at a port; without a call nothing is configured."""
    configs: list[SmtpConfig] = []

    def resolver(key: str) -> SmtpConfig | None:
        return configs[-1] if configs else None

    def use(port: int, **options: object) -> None:
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": port,
            "security": Security.NONE,
            "timeout": 5.0,
        }
        configs.append(SmtpConfig(**(values | options)))  # type: ignore[arg-type]

    register_transport("test", resolver)
    yield use
    configs.clear()


@pytest.fixture
def server(connect: Connect) -> Iterator[Mailbox]:
    with smtp_server() as (mailbox, port):
        connect(port)
        yield mailbox


def queue(*to: str, **changes: object) -> OutboxMail:
    values: dict[str, object] = {
        "to": list(to) or ["a@firma.example"],
        "subject": "Betreff",
        "text": ".\nText",
        "from_email": "support@desk.example",
        "transport": "test:1",
        "subject_ref": Subject("mailtest", 7),
    }
    return queue_mail(Outgoing(**(values | changes)), actor=ACTOR, now=NOW)  # type: ignore[arg-type]


def states(mail: OutboxMail) -> tuple[str, dict[str, str]]:
    mail.refresh_from_db()
    return mail.state, dict(mail.recipients.values_list("address", "state"))


def codes() -> list[str]:
    return list(
        Event.objects.filter(subject_kind="mailtest", subject_id=7)
        .order_by("id")
        .values_list("code", flat=True)
    )


def test_worker_sends_what_was_queued(server: Mailbox) -> None:
    mail = queue("a@firma.example", bcc=["b@firma.example"], message_id="fixed@desk.example")
    assert queue(message_id="<fixed@desk.example>").pk == mail.pk
    assert states(mail)[0] == "queued"
    drain()
    assert states(mail) == ("sent", {"a@firma.example": "sent", "b@firma.example": "sent"})
    [envelope] = server.received
    assert envelope.rcpt_tos == ["a@firma.example", "b@firma.example"]
    assert envelope.mail_from == "support@desk.example"
    assert envelope.content == read_blob(mail.raw)
    assert message_from_bytes(read_blob(mail.raw), policy=default)["Message-ID"] == "<fixed@desk.example>"
    assert codes() == ["mail.queued", "mail.sent"]
    assert [found.pk for found in mails_about(Subject("mailtest", 7))] == [mail.pk]


def test_nothing_is_sent_when_the_unit_rolls_back(server: Mailbox) -> None:
    def queue_and_fail() -> None:
        with unit():
            queue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        queue_and_fail()
    drain()
    assert server.received == []
    assert not OutboxMail.objects.exists()


def test_temporary_refusal_is_tried_again_with_the_same_id(server: Mailbox) -> None:
    server.data = "451 later"
    mail = queue()
    send(mail.pk, NOW)
    assert states(mail) == ("queued", {"a@firma.example": "queued"})
    assert mail.last_error == "451 later"
    assert mail.next_try == NOW + timedelta(minutes=1)
    assert due(NOW) == []
    send(mail.pk, NOW)
    assert mail.attempts == 1
    server.data = "250 OK"
    later = NOW + timedelta(minutes=2)
    assert due(later) == [mail.pk]
    retry(later)
    assert states(mail)[0] == "sent"
    assert mail.attempts == 2
    assert mail.last_error == ""
    assert len(server.received) == 1


def test_temporary_refusal_is_given_up_after_two_days(server: Mailbox) -> None:
    server.data = "451 later"
    mail = queue()
    now = NOW
    while states(mail)[0] == "queued":
        send(mail.pk, now)
        mail.refresh_from_db()
        now = mail.next_try or now
    assert timedelta(hours=40) < now - NOW <= timedelta(hours=48)
    assert states(mail) == ("failed", {"a@firma.example": "failed"})
    assert codes() == ["mail.queued", "mail.failed"]
    assert Event.objects.get(code="mail.failed").data["smtp_code"] == 451
    server.data = "250 OK"
    retry_mail(mail, actor=Actor.person(1), now=now)
    drain()
    assert states(mail)[0] == "sent"
    with pytest.raises(Conflict):
        retry_mail(mail, actor=ACTOR, now=now)


def test_permanent_refusal_fails_at_once(server: Mailbox) -> None:
    server.to = {"a@firma.example": "550 no such user"}
    mail = queue()
    drain()
    assert states(mail) == ("failed", {"a@firma.example": "failed"})
    assert mail.recipients.get().response == "no such user"
    assert codes() == ["mail.queued", "mail.failed"]
    assert server.received == []


def test_refused_sender_and_refused_content_fail(server: Mailbox) -> None:
    server.sender = "553 not you"
    first = queue()
    drain()
    assert states(first)[0] == "failed"
    server.sender, server.data = "250 OK", "554 spam"
    second = queue()
    drain()
    assert (states(second)[0], second.last_error) == ("failed", "554 spam")


def test_some_recipients_refused(server: Mailbox) -> None:
    server.to = {"b@firma.example": "550 unknown", "c@firma.example": "450 greylisted"}
    mail = queue("a@firma.example", "b@firma.example", "c@firma.example")
    send(mail.pk, NOW)
    assert states(mail) == (
        "queued",
        {"a@firma.example": "sent", "b@firma.example": "failed", "c@firma.example": "queued"},
    )
    server.to = {}
    send(mail.pk, NOW + timedelta(minutes=5))
    assert states(mail)[0] == "sent"
    assert [envelope.rcpt_tos for envelope in server.received] == [["a@firma.example"], ["c@firma.example"]]
    assert codes() == ["mail.queued", "mail.sent", "mail.failed"]


def test_connection_lost_after_the_content_is_unknown_and_not_repeated(server: Mailbox) -> None:
    server.drop_after_data = True
    mail = queue()
    drain()
    assert states(mail) == ("unknown", {"a@firma.example": "unknown"})
    assert Event.objects.get(code="mail.failed").data["state"] == "unknown"
    retry(NOW + timedelta(days=1))
    assert len(server.received) == 1
    server.drop_after_data = False
    retry_mail(mail, actor=Actor.person(1), now=NOW)
    drain()
    assert states(mail)[0] == "sent"
    first, second = server.received
    assert first.content == second.content


def test_policy_may_repeat_unknown_results(connect: Connect) -> None:
    with smtp_server() as (mailbox, port):
        connect(port, resend_unknown=True)
        mailbox.drop_after_data = True
        mail = queue()
        send(mail.pk, NOW)
        assert states(mail)[0] == "queued"


def test_unreachable_server_is_temporary(connect: Connect) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        connect(closed.getsockname()[1])
        mail = queue()
        send(mail.pk, NOW)
    assert states(mail)[0] == "queued"
    assert "Refused" in mail.last_error


def test_login(connect: Connect) -> None:
    authenticate = accept_login(b"desk", b"pass")
    with smtp_server(authenticator=authenticate, auth_required=True, auth_require_tls=False) as (
        mailbox,
        port,
    ):
        connect(port, username="desk", password="wrong")
        mail = queue()
        send(mail.pk, NOW)
        assert states(mail)[0] == "queued"
        assert mail.last_error.startswith("535")
        connect(port, username="desk", password="pass")
        send(mail.pk, NOW + timedelta(minutes=5))
        assert states(mail)[0] == "sent"
        assert mailbox.sessions[0].authenticated
    assert "pass" not in repr(SmtpConfig(host="h", password="pass"))


def test_starttls_is_never_skipped(server: Mailbox, connect: Connect) -> None:
    with smtp_server() as (mailbox, port):
        connect(port, security=Security.STARTTLS, username="desk", password="pass")
        mail = queue()
        send(mail.pk, NOW)
        assert states(mail)[0] == "queued"
        assert "STARTTLS" in mail.last_error
        assert mailbox.received == []


@pytest.mark.parametrize(
    ("security", "option"), [(Security.STARTTLS, "tls_context"), (Security.TLS, "ssl_context")]
)
def test_tls(connect: Connect, tmp_path: Path, security: Security, option: str) -> None:
    with smtp_server(**{option: server_tls(tmp_path)}) as (mailbox, port):
        connect(port, security=security)
        mail = queue()
        send(mail.pk, NOW)
        assert states(mail)[0] == "queued"
        assert "CERTIFICATE_VERIFY_FAILED" in mail.last_error
        connect(port, security=security, verify_certificate=False)
        send(mail.pk, NOW + timedelta(minutes=5))
        assert states(mail)[0] == "sent"
        assert mailbox.sessions[0].ssl is not None or security is Security.TLS


def test_mail_waits_for_an_account(connect: Connect) -> None:
    mail = queue()
    drain()
    assert (states(mail)[0], mail.hold_reason) == ("held", "no_transport")
    retry(NOW)
    assert states(mail)[0] == "held"
    with smtp_server() as (mailbox, port):
        connect(port)
        retry(NOW)
        drain()
        assert len(mailbox.received) == 1
    assert states(mail)[0] == "sent"
    assert codes() == ["mail.queued", "mail.held", "mail.released", "mail.sent"]


def test_automatic_mail_spares_robots_and_stops_loops(server: Mailbox, settings: object) -> None:
    settings.MAIL_AUTOMATIC_PER_HOUR = 3  # type: ignore[attr-defined]
    robot = queue("noreply@firma.example", automatic=True)
    assert states(robot) == ("skipped", {"noreply@firma.example": "skipped"})
    mixed = queue("noreply@firma.example", "a@firma.example", automatic=True)
    person = queue("noreply@firma.example")
    drain()
    assert states(mixed)[0] == "sent"
    assert states(person)[0] == "sent"
    queue("A@firma.example", automatic=True)
    queue(automatic=True)
    held = queue(automatic=True)
    assert (states(held)[0], held.hold_reason) == ("held", "loop")
    assert alarms(NOW)["loops"] == 1
    assert states(queue())[0] == "queued"
    retry(NOW)
    assert states(held)[0] == "held"


def test_a_mail_whose_bytes_cannot_be_read_waits_and_holds_up_no_other(
    server: Mailbox, blob_root: Path
) -> None:
    lost, other = queue("lost@firma.example"), queue("other@firma.example")
    kept = (blob_root / lost.raw.key).read_bytes()
    (blob_root / lost.raw.key).unlink()
    drain()
    assert (states(lost)[0], states(other)[0]) == ("queued", "sent")
    lost.refresh_from_db()
    assert (lost.attempts, "FileNotFoundError" in lost.last_error) == (0, True)
    (blob_root / lost.raw.key).write_bytes(kept)
    retry(datetime.now(UTC) + timedelta(minutes=6))
    assert states(lost)[0] == "sent"


def test_machines_that_change_their_address_are_stopped_by_their_ticket(
    server: Mailbox, settings: object
) -> None:
    settings.MAIL_AUTOMATIC_PER_THREAD = 3  # type: ignore[attr-defined]
    here, there = Subject("ticket", 7), Subject("ticket", 8)
    mails = [queue(f"robot-{n}@firma.example", automatic=True, subject_ref=here) for n in range(4)]
    assert [states(mail)[0] for mail in mails] == ["queued", "queued", "queued", "held"]
    assert mails[3].hold_reason == "thread_loop"
    assert alarms(NOW)["loops"] == 1
    assert states(queue("robot-9@firma.example", automatic=True, subject_ref=there))[0] == "queued"
    assert states(queue("person@firma.example", subject_ref=here))[0] == "queued"
    retry(NOW)
    assert states(mails[3])[0] == "held"


def test_a_try_that_died_is_settled(server: Mailbox) -> None:
    before, after = queue(), queue()
    long_ago = NOW - timedelta(hours=1)
    OutboxMail.objects.filter(pk=before.pk).update(state="sending", attempts=1, attempted_at=long_ago)
    OutboxMail.objects.filter(pk=after.pk).update(
        state="sending", attempts=1, attempted_at=long_ago, data_started=True
    )
    assert rescue(NOW - timedelta(minutes=55)) == 0
    assert rescue(NOW) == 2
    assert states(before)[0] == "queued"
    assert states(after)[0] == "unknown"


def test_what_cannot_be_sent_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput):
        queue("a@firma.example\nBcc: x@y.example")
    with pytest.raises(InvalidInput):
        queue(to=[])
    assert not OutboxMail.objects.exists()


def test_outbox_page(server: Mailbox) -> None:
    mails = [queue(f"a{number}@firma.example") for number in range(5)]
    admin = Viewer(person_id=1, hat=Hat.AGENT, is_admin=True)
    page = outbox_page(admin, size=2)
    assert [mail.pk for mail in page.mails] == [mails[4].pk, mails[3].pk]
    assert page.counts == {"queued": 5}
    assert [mail.pk for mail in outbox_page(admin, size=9, after=page.after).mails] == [
        m.pk for m in mails[2::-1]
    ]
    assert outbox_page(admin, states=("sent",)).mails == ()
    for viewer in (Viewer(person_id=1, hat=Hat.AGENT), Viewer(person_id=1, hat=Hat.REQUESTER, is_admin=True)):
        with pytest.raises(NotAllowed):
            outbox_page(viewer)
