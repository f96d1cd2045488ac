"""Mail as it leaves: addresses, headers, bodies; injection is impossible."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leitstelle.kernel.blobs import store
from leitstelle.kernel.mail import Outgoing, is_own_mail
from leitstelle.kernel.mail.rendering import ORIGIN_HEADER, render
from leitstelle.kernel.mail.rules import (
    GIVE_UP_AFTER,
    message_id,
    never_automatically,
    next_try,
    parse_address,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWN = "<0190@desk.example>"


def outgoing(**changes: object) -> Outgoing:
    values: dict[str, object] = {
        "to": ["Jörg Groß <joerg@firma.example>"],
        "subject": "Störung: Netzwerkdrucker",
        "text": "Guten Tag,\n\n.\nGrüße",
        "from_email": "support@desk.example",
    }
    return Outgoing(**(values | changes))  # type: ignore[arg-type]


def parsed(mail: Outgoing) -> EmailMessage:
    message = message_from_bytes(render(mail, OWN, NOW), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


@pytest.mark.django_db
def test_a_whole_mail() -> None:
    blob = store(b"%PDF-1.7 bill")
    references = [f"<{'x' * 70}{number}@very-long-host-name.example>" for number in range(30)]
    message = parsed(
        outgoing(
            html="<p>Grüße</p>", from_name="Müller, IT", cc=["b@firma.example"], bcc=["secret@firma.example"],
            reply_to="support+abc@desk.example", in_reply_to="<q@firma.example>", references=references,
            headers={"X-Ticket": "10427"}, attachments=[(blob.pk, "../Rechnung\r\nMärz.pdf", "application/pdf")],
        )
    )  # fmt: skip
    assert message["From"] == '"Müller, IT" <support@desk.example>'
    assert message["To"] == "Jörg Groß <joerg@firma.example>"
    assert message["Subject"] == "Störung: Netzwerkdrucker"
    assert message["Message-ID"] == OWN
    assert message["In-Reply-To"] == "<q@firma.example>"
    assert message["References"].split() == [references[0], *references[-18:], "<q@firma.example>"]
    assert message["Reply-To"] == "support+abc@desk.example"
    assert message["X-Ticket"] == "10427"
    assert message["Auto-Submitted"] is None
    text, html, pdf = (part for part in message.walk() if not part.is_multipart())
    assert text.get_content().replace("\r\n", "\n") == "Guten Tag,\n\n.\nGrüße\n"
    assert html.get_content_type() == "text/html"
    assert pdf.get_filename() == "RechnungMärz.pdf"
    assert pdf.get_content() == b"%PDF-1.7 bill"
    assert b"secret@" not in render(outgoing(bcc=["secret@firma.example"]), OWN, NOW)


def test_automatic_mail_says_so_and_own_mail_is_recognised() -> None:
    message = parsed(outgoing(automatic=True))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert parsed(outgoing(automatic=True, in_reply_to="<a@b>"))["Auto-Submitted"] == "auto-replied"
    assert is_own_mail(message[ORIGIN_HEADER], OWN)
    assert not is_own_mail(message[ORIGIN_HEADER], "<other@desk.example>")
    assert not is_own_mail("forged", OWN)


def test_bytes_keep_the_limits_of_the_wire() -> None:
    raw = render(outgoing(subject="ä" * 400, text="x" * 5000, references=["<" + "y" * 240 + ">"]), OWN, NOW)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.one_of(st.text(), st.text('\r\n\x00 :aBcc<>@,;"é')))
def test_no_text_becomes_a_header(text: str) -> None:
    mail = outgoing(subject=text, from_name=text, text=text, html=text, headers={"X-Test": text})
    message = message_from_bytes(render(mail, OWN, NOW), policy=default)
    assert {name.lower() for name in message.keys()} <= {  # noqa: SIM118 - headers repeat
        "message-id", "x-leitstelle-origin", "from", "to", "subject", "date", "x-test", "mime-version",
        "content-type", "content-transfer-encoding",
    }  # fmt: skip
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ["a@b.example\r\nBcc: x@y.example"]}, {"to": ["a@b.example, c@d.example"]}, {"to": ["no address"]},
        {"to": ["ä@b.example"]}, {"to": ["a@b..example"]}, {"to": ["@b.example"]}, {"from_email": "x"},
        {"reply_to": "a@b\n"}, {"in_reply_to": "<a b>"}, {"headers": {"Bcc": "a@b.example"}},
        {"headers": {"X-A\r\nBcc": "x"}}, {"headers": {"Content-Type": "text/html"}}, {"to": ["a@" + "b" * 300]},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        render(outgoing(**changes), OWN, NOW)


def test_addresses() -> None:
    assert parse_address('"A, B" <a@müller.example>').addr_spec == "a@xn--mller-kva.example"
    assert parse_address("a+b@c.example").display_name == ""
    assert message_id(" a@b ") == "<a@b>"


@pytest.mark.parametrize(
    ("address", "never"),
    [
        ("MAILER-DAEMON@x.example", True), ("postmaster@x.example", True), ("no-reply@x.example", True),
        ("noreply@x.example", True), ("do_not_reply@x.example", True), ("list-bounces+a=b@x.example", True),
        ("owner-list@x.example", True), ("max.mueller@x.example", False), ("reply@x.example", False),
    ],
)  # fmt: skip
def test_who_never_gets_automatic_mail(address: str, never: bool) -> None:
    assert never_automatically(address) is never


def test_pauses_grow_and_end_after_two_days() -> None:
    now = NOW
    pauses: list[timedelta] = []
    while (again := next_try(len(pauses) + 1, NOW, now)) is not None:
        pauses.append(again - now)
        now = again
    assert pauses[0] == timedelta(minutes=1)
    assert pauses == sorted(pauses)
    assert max(pauses) == timedelta(hours=4)
    assert GIVE_UP_AFTER - timedelta(hours=4) <= now - NOW <= GIVE_UP_AFTER
