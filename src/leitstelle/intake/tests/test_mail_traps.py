"""The traps of mail coming in that other tests do not cover (numbers as in the research), rule by rule."""

import pytest

from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.rules.mail import parse_mail
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Message, Ticket


def kind(raw: bytes) -> str:
    return parse_mail(raw).automatic.kind


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply"),
        ("Auto-Submitted: auto-generated; type=x", "notice"),
        ("Auto-Submitted: no", ""),
        ("X-Auto-Response-Suppress: All", "notice"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("Precedence: auto_reply", "auto_reply"),
        ("List-Id: <news.kunde.example>", "list"),
        ("List-Unsubscribe: <https://news.example/x>", "bulk"),
        ("Return-Path: <>", "auto_reply"),
        ("X-Autoreply: yes", "auto_reply"),
        ("X-Autorespond: 1", "auto_reply"),
    ],
)
def test_answering_machines_are_known_by_their_headers(header: str, expected: str) -> None:
    """Trap 1."""
    assert kind(mail(1, headers=header)) == expected


ABSENT = {
    "de": (
        "Abwesenheitsnotiz: Drucker",
        "Ich bin bis zum 30.11. nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.",
    ),
    "de, Exchange": ("Automatische Antwort: Drucker", "Vielen Dank für Ihre Nachricht."),
    "de, holiday": ("Bin im Urlaub Re: Drucker", "Hallo, ich bin ab heute im Urlaub und nicht erreichbar."),
    "en": ("Out of Office: printer", "I am out of the office until Monday with limited access to e-mail."),
    "en, Gmail": ("Vacation Re: printer", "I'm on annual leave. I will be back in the office on 1 December."),
    "fr": ("Réponse automatique : imprimante", "Je suis absent du bureau jusqu'au 30 novembre."),
    "fr, leave": ("Absence du bureau", "Je suis actuellement en congés et serai de retour lundi."),
    "it": ("Risposta automatica: stampante", "Sono fuori ufficio fino al 30 novembre."),
    "it, holiday": ("In ferie Re: stampante", "Sono in ferie, sarò di nuovo in ufficio lunedì."),
}


@pytest.mark.parametrize("language", sorted(ABSENT))
@pytest.mark.parametrize("header", ["", "Auto-Submitted: auto-replied"])
def test_absence_notes_are_known_in_four_languages(language: str, header: str) -> None:
    """Trap 3: where headers say nothing, subject and words do."""
    subject, text = ABSENT[language]
    if language == "en, Gmail" and not header:
        subject = "Automatic reply: printer"
    assert kind(mail(1, subject=subject, text=text, headers=header)) == "out_of_office"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Drucker im Büro", "Ich bin morgen nicht im Büro, bitte ruft vorher an. Der Drucker druckt nicht."),
        ("Urlaubsantrag geht nicht", "Im Formular für Urlaub kommt ein Fehler."),
        ("Out of memory", "The server is out of memory."),
    ],
)
def test_people_who_write_about_absence_are_people(subject: str, text: str) -> None:
    """Trap 3."""
    assert kind(mail(1, subject=subject, text=text)) == ""


BOUNCES = {
    "Gmail": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to weg@kunde.example because the address couldn't be "
        "found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 User unknown",
        "5.1.1",
    ),
    "Yahoo": (
        "MAILER-DAEMON@yahoo.com",
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<weg@kunde.example>:\n"
        "552: 1 Requested mail action aborted, mailbox not found",
        "5.1.1",
    ),
    "GMX": (
        "GMX Mailer Daemon <mailer-daemon@gmx.de>",
        "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its recipients.\n"
        "The following address failed:\n\nweg@kunde.example:\nSMTP error from remote server for RCPT TO command, "
        "reply: 550 Requested action not taken: mailbox unavailable",
        "5.1.1",
    ),
    "T-Online": (
        "Mail Delivery System <postmaster@t-online.de>",
        "Unzustellbar: Re: Drucker",
        "Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: weg@kunde.example\n"
        "Grund: Postfach existiert nicht",
        "5.1.1",
    ),
    "Amazon SES": (
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\nweg@kunde.example",
        "",
    ),
    "full": (
        "postmaster@kunde.example",
        "Undeliverable: Re: Drucker",
        "Delivery has failed to these recipients:\nweg@kunde.example\nThe recipient's mailbox is full (quota).",
        "5.2.2",
    ),
}


@pytest.mark.parametrize("provider", sorted(BOUNCES))
def test_reports_of_large_providers_name_recipient_and_reason(provider: str) -> None:
    """Trap 4: without RFC 3464."""
    sender, subject, text, status = BOUNCES[provider]
    parsed = parse_mail(mail(1, sender=sender, subject=subject, text=text))
    assert parsed.automatic.kind == "bounce"
    assert parsed.bounce is not None
    assert (parsed.bounce.recipient, parsed.bounce.status, parsed.bounce.action) == (
        "weg@kunde.example",
        status,
        "failed",
    )


def report(kind: str, part: str, original: str = "Message-ID: <unser.1@leitstelle.example>\r\n") -> bytes:
    head = "From: x@provider.example\r\nTo: support@leitstelle.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\n"
    head += f"Message-ID: <r1@x.example>\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
    words = "--b\r\nContent-Type: text/plain\r\n\r\nReport\r\n"
    end = (
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n--b--\r\n"
        if original
        else "--b--\r\n"
    )
    return (head + words + part + end).encode()


def test_complaints_and_receipts_lead_to_the_mail_they_are_about() -> None:
    """Traps 1 and 4: feedback loops (RFC 5965) and read receipts (RFC 8098)."""
    arf = "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n"
    complaint = parse_mail(report("feedback-report", arf))
    assert (complaint.automatic.kind, complaint.in_reply_to) == ("complaint", "unser.1@leitstelle.example")
    mdn = "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
    mdn += "Final-Recipient: rfc822; jm@kunde.example\r\nOriginal-Message-ID: <unser.2@leitstelle.example>\r\n\r\n"
    receipt = parse_mail(report("disposition-notification", mdn, ""))
    assert (receipt.automatic.kind, receipt.in_reply_to) == ("read_receipt", "unser.2@leitstelle.example")


def test_control_headers_from_outside_control_nothing() -> None:
    """Trap 11: our own mark counts with its signature only."""
    forged = mail(
        1, headers="X-Leitstelle-Origin: abc\nX-Leitstelle-Ticket: 1\nX-Zammad-Ticket-Priority: 3 high"
    )
    assert kind(forged) == ""


@pytest.mark.parametrize(
    ("charset", "data", "words"),
    [
        ("gb2312", "測試".encode("gb18030"), "測試"),
        ("iso-8859-1", "„Größe“ – 5 €".encode("cp1252"), "„Größe“ – 5 €"),
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
    ],
)
def test_charsets_are_read_as_they_are_meant(charset: str, data: bytes, words: str) -> None:
    """Trap 21: superset rules, then detection."""
    raw = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=%s\r\n\r\n"
        % charset.encode()
    )
    assert parse_mail(raw + data).text == words


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="=?utf-8?Q?Rechnung_M=C3=BCller.pdf?="', "Rechnung Müller.pdf"),
        ("attachment; filename*=utf-8''Rechnung%20M%C3%BCller.pdf", "Rechnung Müller.pdf"),
        (
            "attachment; filename*0*=utf-8''Rech; filename*1*=nung%20M%C3%BC; filename*2=ller.pdf",
            "Rechnung Müller.pdf",
        ),
        ('attachment; filename="..\\\\..\\\\etc\\\\pass\u202ewd.exe"', "passwd.exe"),
        ('attachment; filename="../../../root/.ssh/id"', "id"),
    ],
)
def test_names_of_files_are_decoded_and_tamed(header: str, name: str) -> None:
    """Trap 22."""
    raw = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\n"
    raw += f"Content-Disposition: {header}\r\n\r\n%PDF"
    assert parse_mail(raw.encode()).attachments[0].filename == name


def test_a_mail_within_a_mail_is_readable_and_kept() -> None:
    """Trap 25."""
    inner = (
        "From: ina@kunde.example\r\nSubject: Innen\r\nContent-Type: text/plain\r\n\r\nDer Toner ist leer.\r\n"
    )
    raw = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    raw += f"Content-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    (file,) = parse_mail(raw.encode()).attachments
    assert "Der Toner ist leer." in file.text
    assert file.data.decode().startswith("From: ina@kunde.example")


@pytest.fixture
def box(db: None) -> Mailbox:
    return desk()


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    accepted.refresh_from_db()
    return accepted


def test_numbers_in_the_words_lead_nowhere(box: Mailbox) -> None:
    """Trap 15."""
    first = take(box, mail(1)).ticket
    assert first is not None
    second = take(box, mail(2, subject="Anderes", text=f"Wie bei Ticket [#{first.number}] geht es nicht."))
    assert second.ticket != first


def test_the_same_inline_picture_is_stored_once(box: Mailbox) -> None:
    """Trap 26."""
    html = '<p>Hallo <img src="cid:logo@x"></p>'
    for number in (1, 2):
        raw = mail(number).decode().partition("\r\nContent-Type")[0].encode()
        raw += (
            b"\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        )
        raw += (
            html.encode() + b"\r\n--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\n"
        )
        raw += b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
        take(box, raw)
    files = [file for message in Message.objects.all() for file in message.attachments.all()]
    assert len(files) == 2
    assert len({file.blob_id for file in files}) == 1
    assert all(file.is_inline for file in files)


def test_mail_without_any_words_is_a_ticket(box: Mailbox) -> None:
    """Trap 9."""
    assert take(box, mail(1, subject="", text="")).ticket is not None
    assert take(box, b"From: jm@kunde.example\r\n\r\n").ticket is not None
    assert Ticket.objects.count() == 2
