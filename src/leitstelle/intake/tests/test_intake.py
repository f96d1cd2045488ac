"""From raw mail to ticket: acceptance, identity, threading, automatic mail, quarantine."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone, translation

from leitstelle.accounts.actions import Scope, grant_role
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.intake import queries
from leitstelle.intake.actions import accept as accepting
from leitstelle.intake.actions import (
    accept_raw,
    drop,
    placing,
    process,
    process_mail,
    replay,
    replay_all,
    send_confirmation,
    send_reply,
)
from leitstelle.intake.choices import InboundState, Reason
from leitstelle.intake.errors import NoMailbox, NotInQuarantine
from leitstelle.intake.models import GuestReport, InboundMail, Mailbox, MailReference
from leitstelle.intake.panels import flight_record
from leitstelle.intake.policies import visible_mail, visible_mailboxes
from leitstelle.intake.queries import decisions_of
from leitstelle.intake.tasks import deliver, find_stranded
from leitstelle.intake.tests.factories import ADDRESS, NOW, desk, mail, mailbox
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Actor, Subject, events_for
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail
from leitstelle.kernel.mail.models import OutboxRecipient
from leitstelle.kernel.secrets import Unreadable
from leitstelle.kernel.viewer import GrantScope, Hat, Viewer
from leitstelle.kernel.work import Delivery, DeliveryState, drain
from leitstelle.tickets.actions import (
    NewMessage,
    NewRecipient,
    NewTicket,
    open_ticket,
    reply,
    resolve_ticket,
)
from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole, StatusType
from leitstelle.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def box() -> Mailbox:
    return desk()


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    accepted.refresh_from_db()
    return accepted


def answer(ticket: Ticket, text: str = "Bitte neu starten.") -> Message:
    """An agent's reply, sent; its Message-ID carries the ticket."""
    message = reply(ticket, text, recipients=(), by=Viewer.system(), now=NOW)
    drain()
    message.refresh_from_db()
    return message


# --- acceptance ---


def test_a_mail_is_stored_whole_before_it_is_understood(box: Mailbox) -> None:
    """Trap 9."""
    raw = mail()
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    assert accepted.state == InboundState.ACCEPTED
    assert read_blob(accepted.raw) == raw
    assert not Ticket.objects.exists()


def test_the_same_mail_twice_is_one(box: Mailbox) -> None:
    """Trap 8."""
    first = take(box, mail())
    again = take(box, b"Received: by another.path\r\n" + mail())
    assert again.pk == first.pk
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 1


def test_without_message_id_the_content_is_the_key(box: Mailbox) -> None:
    raw = mail(message_id="")
    assert take(box, raw).pk == take(box, b"X-Spam: no\r\n" + raw).pk
    assert take(box, mail(message_id="", text="Etwas anderes")).pk != take(box, raw).pk
    assert Ticket.objects.count() == 2


def test_a_reused_message_id_waits_for_a_person(box: Mailbox) -> None:
    """Traps 8 and 14: two mails of one id are told apart, a person decides."""
    take(box, mail())
    other = take(box, mail(text="Ganz anderer Inhalt, dasselbe Gerät."))
    assert (other.state, other.reason_code) == (InboundState.QUARANTINED, Reason.ID_REUSED)
    assert take(box, mail(text="Ganz anderer Inhalt, dasselbe Gerät.")).pk == other.pk
    replay(other, by=Viewer.system(), now=NOW)
    drain()
    assert Ticket.objects.count() == 2


def test_oversize_mail_keeps_its_headers(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 10."""
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 1000)
    big = take(box, mail(text="x" * 5000))
    assert (big.state, big.reason_code, big.sender) == (
        InboundState.QUARANTINED,
        Reason.TOO_LARGE,
        "jm@kunde.example",
    )
    assert big.raw.size < 1000
    assert take(box, mail(text="x" * 5000)).pk == big.pk


# --- tickets ---


def test_a_mail_opens_a_ticket(box: Mailbox) -> None:
    accepted = take(box, mail())
    ticket = Ticket.objects.get()
    assert accepted.ticket == ticket
    assert (ticket.subject, ticket.channel, ticket.opened_at) == ("Drucker druckt nicht", "mail", NOW)
    assert ticket.requester is not None
    assert ticket.requester.display_name == "Jürgen Müller"
    message = ticket.messages.get()
    assert (message.body.text, message.direction, message.audience) == (
        "Der Drucker im Flur druckt nicht.",
        "inbound",
        "public",
    )
    assert ContactPoint.objects.get().verified_at is None


def test_the_flight_recorder_tells_every_decision(box: Mailbox) -> None:
    accepted = take(box, mail())
    steps = [item["step"] for item in accepted.decisions]
    assert steps[:3] == ["understood", "automatic", "sender"]
    assert steps[-1] == "ticket"
    assert [item["evidence"].split()[0] for item in accepted.decisions if item["step"] == "thread"] == [
        "signed_message_id",
        "known_message_id",
        "plus_address",
        "subject_number",
    ]


def test_the_same_sender_stays_one_person(box: Mailbox) -> None:
    """Trap 20."""
    take(box, mail(1))
    take(box, mail(2, sender="JM@KUNDE.example"))
    assert Person.objects.count() == 1


def test_no_sender_is_no_reason_to_lose_a_mail(box: Mailbox) -> None:
    """Trap 9."""
    take(box, b"Subject: Hilfe\r\n\r\nNichts geht.\r\n")
    assert Ticket.objects.get().requester is None


def test_files_are_kept_untouched(box: Mailbox) -> None:
    """Trap 21: files are never transcoded."""
    raw = (
        b"From: jm@kunde.example\r\nSubject: Bild\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
        b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSiehe Datei\r\n--b\r\nContent-Type: text/plain; name=n.txt\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nR3L83w==\r\n--b--\r\n"
    )
    take(box, raw)
    attachment = Ticket.objects.get().messages.get().attachments.get()
    assert attachment.filename == "n.txt"
    assert read_blob(attachment.blob) == b"Gr\xfc\xdf"


# --- threading ---


def test_an_answer_to_our_mail_finds_its_ticket(box: Mailbox) -> None:
    """Trap 12, first evidence."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    sent = answer(ticket)
    take(
        box,
        mail(2, subject="ganz anders", headers=f"In-Reply-To: <{sent.rfc_message_id}>", sender="k@x.example"),
    )
    assert Ticket.objects.count() == 1
    assert ticket.messages.count() == 3


def test_a_forged_token_finds_nothing(box: Mailbox) -> None:
    """Trap 12."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    forged = f"lt.{ticket.pk}.m1.{'0' * 24}@leitstelle.example"
    take(box, mail(2, headers=f"In-Reply-To: <{forged}>"))
    assert Ticket.objects.count() == 2


def test_siblings_with_an_unknown_ancestor_meet(box: Mailbox) -> None:
    """Trap 13."""
    take(box, mail(1, headers="References: <ancestor@elsewhere.example>"))
    take(box, mail(2, headers="References: <ancestor@elsewhere.example>"))
    assert Ticket.objects.count() == 1


def test_a_subject_number_counts_for_participants_only(box: Mailbox) -> None:
    """Trap 12, last evidence."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    take(box, mail(2, subject=f"Nachtrag [#{ticket.number}]"))
    assert Ticket.objects.count() == 1
    stranger = take(box, mail(3, subject=f"Nachtrag [#{ticket.number}]", sender="fremd@anderswo.example"))
    assert Ticket.objects.count() == 2
    found = [item for item in stranger.decisions if item.get("ticket") == ticket.pk]
    assert "no part" in found[0]["result"]


def test_only_the_new_part_is_the_message(box: Mailbox) -> None:
    take(box, mail(1, text="Geht wieder.\n\nAm 20.11.26 um 10:12 schrieb Support:\n> Bitte prüfen\n"))
    body = Message.objects.get().body
    assert body.text == "Geht wieder."
    assert "Bitte prüfen" in body.quoted_text


def test_a_copy_in_a_second_mailbox_joins_the_ticket(box: Mailbox) -> None:
    """Trap 14."""
    second = mailbox("it@leitstelle.example")
    take(box, mail(1))
    copy = take(second, mail(1))
    ticket = Ticket.objects.get()
    assert copy.ticket == ticket
    assert ticket.messages.count() == 1
    assert "second_copy" in [item["step"] for item in copy.decisions]
    assert "intake.mail_joined" in [event.code for event in events_for(Subject("ticket", ticket.pk))]


def test_a_copy_waits_for_the_first(box: Mailbox) -> None:
    second = mailbox("it@leitstelle.example")
    accept_raw(box, mail(1), received_at=NOW, source="test", now=NOW)
    copy = accept_raw(second, mail(1), received_at=NOW, source="test", now=NOW)
    with pytest.raises(placing.FirstCopyOpen):
        process_mail(copy, now=NOW)
    copy.refresh_from_db()
    assert copy.state == InboundState.ACCEPTED


# --- automatic mail ---


def test_an_absence_note_is_shown_and_moves_nothing(box: Mailbox) -> None:
    """Trap 3."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    sent = answer(ticket)
    ticket.refresh_from_db()
    before = (ticket.status_id, ticket.last_requester_message_at)
    note = "Ich bin bis zum 27.11. nicht im Büro."
    take(
        box,
        mail(
            2,
            subject="Automatische Antwort: Drucker",
            text=note,
            headers=f"In-Reply-To: <{sent.rfc_message_id}>",
        ),
    )
    ticket.refresh_from_db()
    assert ticket.messages.last().automatic_kind == "out_of_office"  # type: ignore[union-attr]
    assert (ticket.status_id, ticket.last_requester_message_at) == before


def test_an_absence_note_to_nothing_opens_no_ticket(box: Mailbox) -> None:
    """Trap 3."""
    kept = take(box, mail(1, subject="Automatische Antwort: x", text="Ich bin im Urlaub."))
    assert (kept.state, kept.reason_code) == (InboundState.DISCARDED, Reason.AUTOMATIC)
    assert not Ticket.objects.exists()
    assert not Person.objects.exists()


def test_a_machine_notice_opens_a_ticket(box: Mailbox) -> None:
    take(box, mail(1, headers="Auto-Submitted: auto-generated", subject="Disk full on srv-01"))
    assert Ticket.objects.get().messages.get().automatic_kind == "notice"


def test_our_own_mail_comes_to_nothing(box: Mailbox) -> None:
    """Traps 2 and 6."""
    own = take(box, mail(1, sender=ADDRESS))
    assert (own.state, own.reason_code) == (InboundState.DISCARDED, Reason.OWN_MAIL)


def test_a_web_form_that_writes_in_our_name_is_its_visitor(box: Mailbox) -> None:
    """Traps 6 and 18: Reply-To counts where From is our own."""
    take(box, mail(1, sender=f"Web <{ADDRESS}>", headers="Reply-To: Klara Fall <klara@kunde.example>"))
    requester = Ticket.objects.get().requester
    assert requester is not None
    assert requester.display_name == "Klara Fall"


def test_a_bounce_marks_the_message_it_is_about(box: Mailbox) -> None:
    """Trap 4."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    sent = answer(ticket)
    report = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\nMessage-ID: <dsn@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; jm@kunde.example\n"
        "Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: <{sent.rfc_message_id}>\n--b--\n"
    )
    take(box, report.encode())
    ticket.refresh_from_db()
    assert ticket.delivery_failed
    assert sent.recipients.get().delivery_state == "failed"
    assert ticket.messages.last().automatic_kind == "bounce"  # type: ignore[union-attr]
    assert ContactPoint.objects.get().suspended_at is not None


def news_to(address: str) -> OutboxMail:
    """A mail of ours that belongs to no ticket."""
    news = Outgoing(
        to=[address], subject="News", text="-", from_email=ADDRESS, message_id="news-1@leitstelle.example"
    )
    return queue_mail(news, actor=Actor.system("test"), now=NOW)


def report_on(sent: OutboxMail, address: str) -> bytes:
    """A delivery report: no such address."""
    return (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\nMessage-ID: <dsn@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nfailed\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n\n--b\n"
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {sent.message_id}\n--b--\n"
    ).encode()


@pytest.mark.parametrize("reached", [True, False])
def test_a_bounce_of_news_suspends_the_address_it_went_to_and_is_told_to_nobody(
    box: Mailbox, reached: bool
) -> None:
    """Trap 4: on all paths."""
    take(box, mail(1))
    sent = news_to("jm@kunde.example" if reached else "somebody@kunde.example")
    taken = take(box, report_on(sent, "jm@kunde.example"))
    assert (taken.state, taken.reason_code) == (InboundState.DISCARDED, Reason.AUTOMATIC)
    assert (ContactPoint.objects.get().suspended_at is not None) is reached
    assert Message.objects.count() == 1
    assert OutboxMail.objects.filter(created_at__gt=sent.created_at).count() == 0, "no answer, no loop"


# --- quarantine ---


def test_a_failure_is_quarantined_and_replayed(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 9."""

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("cannot")

    with monkeypatch.context() as patched:
        patched.setattr(process, "parse_mail", broken)
        failed = take(box, mail(1))
    assert (failed.state, failed.reason_code) == (InboundState.QUARANTINED, Reason.FAILED)
    assert failed.reason_detail == "RuntimeError: cannot"
    assert "Traceback" in failed.error_trace
    assert list(queries.quarantined()) == [failed]
    assert replay_all(by=Viewer.system(), now=NOW) == 1
    drain()
    assert Ticket.objects.count() == 1
    failed.refresh_from_db()
    assert failed.state == InboundState.PROCESSED


@pytest.mark.parametrize(
    "trouble", [OSError(28, "No space left on device"), OperationalError("disk I/O error")]
)
def test_trouble_of_the_machine_asks_for_another_try(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """Trap 9: the mail is not at fault, so nobody has to replay it."""

    def broken(*_args: object, **_more: object) -> None:
        raise trouble

    accepted = accept_raw(box, mail(1), received_at=NOW, source="test", now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(process, "read_blob", broken)
        drain(strict=False)
    accepted.refresh_from_db()
    assert accepted.state == InboundState.ACCEPTED
    waiting = Delivery.objects.get(subscriber="intake.process_mail")
    assert waiting.state == "ready"
    assert str(trouble) in waiting.last_error
    drain(timezone.now() + timedelta(minutes=1))
    accepted.refresh_from_db()
    assert accepted.state == InboundState.PROCESSED


def test_half_done_work_leaves_nothing(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("after the ticket was opened")

    monkeypatch.setattr(process, "remember_ids", broken)
    assert take(box, mail(1)).state == InboundState.QUARANTINED
    assert not Ticket.objects.exists()
    assert not Person.objects.exists()


def test_quarantine_is_for_agents(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 10)
    held = take(box, mail(1))
    with pytest.raises(NotAllowed):
        replay(held, by=Viewer(person_id=1, hat=Hat.REQUESTER), now=NOW)
    drop(held, by=Viewer.system(), now=NOW)
    with pytest.raises(NotInQuarantine):
        replay(held, by=Viewer.system(), now=NOW)


def test_mail_whose_processing_died_becomes_visible(box: Mailbox) -> None:
    """Trap 9."""
    accepted = accept_raw(box, mail(1), received_at=NOW, source="test", now=NOW)
    assert find_stranded(NOW) == 0
    Delivery.objects.filter(subscriber="intake.process_mail").update(state=DeliveryState.FAILED)
    assert find_stranded(NOW + timedelta(minutes=5)) == 1
    accepted.refresh_from_db()
    assert (accepted.state, accepted.reason_code) == (InboundState.QUARANTINED, Reason.DIED)


def test_processing_twice_does_nothing(box: Mailbox) -> None:
    accepted = accept_raw(box, mail(1), received_at=NOW, source="test", now=NOW)
    stale = InboundMail.objects.get(pk=accepted.pk)
    process_mail(accepted, now=NOW)
    process_mail(stale, now=NOW)
    assert Ticket.objects.count() == 1


# --- the pipe ---


def test_the_recipient_chooses_the_mailbox(box: Mailbox) -> None:
    other = mailbox("it@leitstelle.example")
    deliver(mail(1), "it+token@leitstelle.example")
    deliver(mail(2))
    deliver(mail(3), "unknown@leitstelle.example")
    assert list(InboundMail.objects.order_by("pk").values_list("mailbox_id", flat=True)) == [
        other.pk,
        box.pk,
        box.pk,
    ]


def test_without_a_mailbox_nothing_is_accepted() -> None:
    with pytest.raises(NoMailbox):
        deliver(mail(1))
    assert not InboundMail.objects.exists()


# --- answers ---


def test_a_reply_is_queued_once_with_its_thread(box: Mailbox) -> None:
    take(box, mail(1))
    ticket = Ticket.objects.get()
    sent = answer(ticket)
    assert MailReference.objects.get(is_own=True).message == sent
    assert send_reply(sent, now=NOW) is None
    assert sent.recipients.get().email == "jm@kunde.example"


def test_an_answer_reaches_those_who_read_along_where_the_requester_has_no_address(box: Mailbox) -> None:
    new = NewTicket(subject="Telefonat", channel=Channel.PHONE, requester_id=None)
    said = NewMessage(
        text="Am Telefon.", direction=Direction.INBOUND, channel=Channel.PHONE, audience=Audience.PUBLIC
    )
    ticket = open_ticket(new, said, by=Viewer.system(), now=NOW)
    copy = NewRecipient(email="mitleser@kunde.example", role=RecipientRole.CC)
    reply(ticket, "Erledigt.", recipients=(copy,), by=Viewer.system(), now=NOW)
    drain()
    assert OutboxRecipient.objects.get().address == "mitleser@kunde.example"


def test_an_agents_mail_on_their_own_ticket_is_a_requesters(box: Mailbox) -> None:
    """Traps 18 and 20."""
    take(box, mail(1))
    ticket = Ticket.objects.get()
    requester = ticket.requester
    assert requester is not None
    grant_role(requester, Role.AGENT, Scope(), by=Viewer.system(), now=NOW)
    resolve_ticket(ticket, code="solved", by=Viewer.system(), now=NOW)
    take(box, mail(2, subject=f"Geht nicht [#{ticket.number}]"))
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN


# --- who sees what ---


def test_decisions_are_shown_to_agents_only(box: Mailbox) -> None:
    take(box, mail(1))
    message = Message.objects.get()
    requester = Viewer(person_id=message.author_id, hat=Hat.REQUESTER)
    assert flight_record(requester, [message]) == {}
    shown = flight_record(Viewer.system(), [message])[message.pk].context["mails"][0]
    assert shown["mailbox"] == ADDRESS
    with translation.override("en"):
        assert ("Belongs to", "signed Message-ID", "nothing") in decisions_of(message.inbound.get())
    assert ("Ticket", "", f"opened #{message.ticket.number}") in [
        tuple(map(str, step)) for step in shown["steps"]
    ]


def test_quarantine_is_seen_within_scope(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 10)
    held = take(box, mail(1))
    team = GrantScope(team_id=999)
    assert held in visible_mail(Viewer(person_id=1, hat=Hat.AGENT, grants=(GrantScope(),)))
    assert held not in visible_mail(Viewer(person_id=1, hat=Hat.AGENT, grants=(team,)))
    assert held not in visible_mail(Viewer(person_id=1, hat=Hat.REQUESTER))
    with pytest.raises(NotAllowed):
        replay(held, by=Viewer(person_id=1, hat=Hat.AGENT, grants=(team,)), now=NOW)


# --- acknowledgement and confirmation ---


def test_one_acknowledgement_per_new_ticket(box: Mailbox) -> None:
    Mailbox.objects.update(acknowledge=True)
    take(box, mail(1))
    ticket = Ticket.objects.get()
    queued = OutboxMail.objects.get()
    assert queued.automatic
    assert f"[#{ticket.number}]" in queued.subject
    take(box, mail(2, headers="In-Reply-To: <mail-1@kunde.example>"))
    assert OutboxMail.objects.count() == 1


@pytest.mark.parametrize(
    "unanswered",
    [
        {"headers": "Auto-Submitted: auto-generated"},
        {"sender": "noreply@kunde.example"},
        {"headers": "Precedence: list"},
        {"headers": "List-Id: <a.example>"},
    ],
)
def test_machines_get_no_acknowledgement(box: Mailbox, unanswered: dict[str, str]) -> None:
    """Traps 1 and 5."""
    Mailbox.objects.update(acknowledge=True)
    take(box, mail(1, **unanswered))
    assert Ticket.objects.count() == 1
    assert not OutboxMail.objects.exists()


def test_a_guest_is_asked_to_confirm(box: Mailbox) -> None:
    report = GuestReport.objects.create(
        email="gast@kunde.example", name="Gast & Co", language="en", report={}, created_at=NOW, expires_at=NOW
    )
    queued = send_confirmation(report, "https://desk.example/c/abc", now=NOW)
    raw = read_blob(queued.raw).decode()
    assert "https://desk.example/c/abc" in raw
    assert "Gast & Co" in raw
    assert "Gast &amp; Co" in raw


def test_a_lost_key_stops_no_mail(box: Mailbox) -> None:
    """Passwords that no key opens any more concern fetching and sending only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_mailbox SET imap_password = %s, smtp_password = %s", ["enc1:x", "enc1:x"]
        )
    deliver(mail(1), ADDRESS)
    drain()
    ticket = Ticket.objects.get()
    assert answer(ticket).rfc_message_id
    assert list(visible_mailboxes(Viewer.system())) == [box]
    assert flight_record(Viewer.system(), list(ticket.messages.all()))
    with pytest.raises(Unreadable):
        Mailbox.objects.get()
