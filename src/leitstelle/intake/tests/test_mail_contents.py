"""What stands in a mail beside its words: `winmail.dat`, events, signed and sealed content, hostile packing."""

import base64
import json
import struct
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.intake.rules.mail import ParsedMail, parse_mail
from leitstelle.intake.rules.mail.calendar import read_calendar, zone_name
from leitstelle.intake.rules.mail.describe import as_data
from leitstelle.intake.rules.mail.rtf import decompress, rtf_text
from leitstelle.intake.rules.mail.sealed import Unlock
from leitstelle.intake.rules.mail.signed import open_cms
from leitstelle.intake.rules.mail.tnef import SIGNATURE, read_tnef

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
HEAD = (
    b"From: jm@kunde.example\r\nTo: support@leitstelle.example\r\nMessage-ID: <c1@kunde.example>\r\n"
    b"Date: Fri, 20 Nov 2026 10:12:00 +0100\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
)


def part(kind: str, data: bytes) -> ParsedMail:
    """A mail that is one file of this type."""
    head = HEAD + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return parse_mail(head + base64.encodebytes(data))


# --- winmail.dat ---


def attribute(level: int, tag: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def padded(data: bytes) -> bytes:
    return data + b"\x00" * (-len(data) % 4)


def words(number: int, text: str) -> bytes:
    data = text.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<HHII", 0x1F, number, 1, len(data)) + padded(data)


def binary(number: int, data: bytes) -> bytes:
    return struct.pack("<HHII", 0x102, number, 1, len(data)) + padded(data)


def named(kind: int, group: str, number: int, value: bytes) -> bytes:
    return struct.pack("<HH", kind, 0x8001) + bytes.fromhex(group) + struct.pack("<II", 0, number) + value


def filetime(moment: datetime) -> bytes:
    return struct.pack("<Q", int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)


def properties(*rows: bytes) -> bytes:
    return struct.pack("<I", len(rows)) + b"".join(rows)


APPOINTMENT = "0220060000000000c000000000000046"
MEETING = "90dad86e0b451b1098da00aa003f1305"
RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Gr\'fc\'dfe aus \u8222?M\'fcnchen\par Zeile 2}"


def winmail(*, method: str = "", body: bool = True) -> bytes:
    raw = struct.pack("<IIII", len(RTF) + 12, len(RTF), int.from_bytes(b"MELA", "little"), 0) + RTF
    rows = [binary(0x1009, raw)] if body else []
    if method:
        rows += [
            named(0x40, APPOINTMENT, 0x820D, filetime(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))),
            named(0x40, APPOINTMENT, 0x820E, filetime(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))),
            named(0x1F, APPOINTMENT, 0x8208, struct.pack("<II", 1, 12) + "Raum 1".encode("utf-16-le")),
            named(0x102, MEETING, 0x23, struct.pack("<II", 1, 4) + b"\x01\x02\x03\x04"),
            words(0x37, "Wartung Server"),
        ]
    parts = [attribute(1, 0x00078008, method.encode() + b"\x00")] if method else []
    parts += [
        attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x00069003, properties(*rows)),
        attribute(2, 0x00069002, b"\x00" * 14),
        attribute(2, 0x0006800F, b"%PDF-1.4"),
        attribute(2, 0x00018010, b"ANGEBO~1.PDF\x00"),
        attribute(
            2,
            0x00069005,
            properties(words(0x3707, "Angebot für Müller.pdf"), words(0x370E, "application/pdf")),
        ),
    ]
    return SIGNATURE + b"\x00\x01" + b"".join(parts)


def test_a_winmail_gives_its_files_and_words() -> None:
    """Trap 23."""
    mail = part("application/ms-tnef; name=winmail.dat", winmail())
    assert [(file.filename, file.content_type, file.data) for file in mail.attachments] == [
        ("Angebot für Müller.pdf", "application/pdf", b"%PDF-1.4")
    ]
    assert mail.text == "Grüße aus „München\nZeile 2"


@pytest.mark.parametrize(
    ("kind", "method", "answer"),
    [
        ("IPM.Microsoft Schedule.MtgReq", "REQUEST", ""),
        ("IPM.Schedule.Meeting.Canceled", "CANCEL", ""),
        ("IPM.Schedule.Meeting.Resp.Neg", "REPLY", "DECLINED"),
    ],
)
def test_a_winmail_gives_its_meeting(kind: str, method: str, answer: str) -> None:
    """Trap 23: `tnefparse` knows none."""
    (event,) = part("application/ms-tnef; name=winmail.dat", winmail(method=kind)).events
    assert (event.method, event.answer, event.summary, event.location) == (
        method,
        answer,
        "Wartung Server",
        "Raum 1",
    )
    assert event.start == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert event.uid == "01020304"


def test_a_damaged_winmail_gives_what_it_can_and_stays_a_file() -> None:
    mail = part("application/ms-tnef; name=winmail.dat", winmail()[:-30])
    assert mail.text.startswith("Grüße")
    assert "winmail.dat" in [file.filename for file in mail.attachments]
    assert any("winmail" in defect for defect in mail.defects)


def test_packed_rich_text_is_the_documented_example() -> None:
    """MS-OXRTFCP 4.1 and 4.2: letters and pairs, and a pair that reads what it writes."""
    plain = "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232"
    plain += "0af32068656c090020627705b06c647d0a800fa0"
    assert decompress(bytes.fromhex(plain)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    crossing = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    assert decompress(bytes.fromhex(crossing)) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@given(st.binary(max_size=2000))
def test_any_winmail(data: bytes) -> None:
    read_tnef(SIGNATURE + data)
    read_tnef(winmail()[:60] + data)
    rtf_text(decompress(b"\x00\x00\x00\x00\xff\xff\xff\xffLZFu" + data))


# --- events ---

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008
SEQUENCE:2
SUMMARY:Wartung\\, Server
 und Netz
LOCATION:Raum 1
ORGANIZER;CN="Müller, Jürgen":mailto:jm@kunde.example
DTSTART;TZID=W. Europe Standard Time:20261124T100000
DTEND;TZID=W. Europe Standard Time:20261124T113000
RRULE:FREQ=WEEKLY
BEGIN:VALARM
DESCRIPTION:x
SUMMARY:falsch
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_is_understood() -> None:
    """Trap 24."""
    (event,) = part("text/calendar; method=REQUEST; charset=utf-8", INVITATION.encode()).events
    assert (event.method, event.sequence, event.summary, event.location, event.repeats) == (
        "REQUEST",
        2,
        "Wartung, Serverund Netz",
        "Raum 1",
        True,
    )
    assert event.start == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert event.end == datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    assert event.zone == "Europe/Berlin"
    assert event.organizer == "Müller, Jürgen <jm@kunde.example>"


def test_cancellations_and_answers_are_told_apart() -> None:
    """Trap 24."""
    cancelled = INVITATION.replace("METHOD:REQUEST", "METHOD:CANCEL")
    assert read_calendar(cancelled)[0].method == "CANCEL"
    status = INVITATION.replace("LOCATION:", "STATUS:CANCELLED\nLOCATION:")
    assert read_calendar(status)[0].method == "CANCEL"
    reply = INVITATION.replace("REQUEST", "REPLY").replace(
        "SEQUENCE:2", "ATTENDEE;PARTSTAT=DECLINED;CN=Ina:mailto:ina@x.example"
    )
    event = part("text/calendar; method=REPLY", reply.encode()).events[0]
    assert (event.answer, event.attendee) == ("DECLINED", "Ina <ina@x.example>")
    mail = part("text/calendar; method=REPLY", reply.encode())
    assert mail.automatic.kind == "calendar_reply"


def test_whole_days_lengths_and_zones() -> None:
    event = read_calendar("BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261224\nDURATION:P2D\nEND:VEVENT\n")[0]
    assert event.all_day
    assert event.end == datetime(2026, 12, 26, tzinfo=UTC)
    assert zone_name("/freeassociation.sourceforge.net/Europe/Vienna") == "Europe/Vienna"
    assert zone_name("../../etc/passwd") == ""


@given(st.text(max_size=500))
def test_any_calendar(text: str) -> None:
    for event in read_calendar("BEGIN:VEVENT\nUID:1\n" + text + "\nDTSTART:" + text + "\nEND:VEVENT"):
        assert len(event.summary) <= 300


# --- signed and sealed ---

Made = tuple[x509.Certificate, rsa.RSAPrivateKey]


@lru_cache
def certificate(name: str, issuer: str = "", *, ca: bool = False) -> Made:
    key = rsa.generate_private_key(65537, 2048)
    above, above_key = certificate(issuer, ca=True) if issuer else (None, key)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = x509.SubjectAlternativeName([x509.RFC822Name("jm@kunde.example")])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(above_key, hashes.SHA256()), key


ROOT = "Prüfstelle"
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nUnterschrieben: \xc3\xa4\r\n"


def signed(*options: pkcs7.PKCS7Options) -> bytes:
    mine, key = certificate("Jürgen", ROOT)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(mine, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def trusting(raw: bytes, *roots: x509.Certificate, at: datetime = NOW) -> ParsedMail:
    return parse_mail(raw, unlock=Unlock(trusted=roots, at=at))


def opaque(der: bytes) -> bytes:
    return (
        HEAD
        + b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(der)
    )


def apart(content: bytes, der: bytes) -> bytes:
    return (
        HEAD
        + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b\r\n\r\n'
        + b"--b\r\n"
        + content
        + b"\r\n--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(der)
        + b"--b--\r\n"
    )


def test_opaque_signatures_show_their_content() -> None:
    """Trap 29: no empty tickets."""
    mail = trusting(opaque(signed()), certificate(ROOT, ca=True)[0])
    assert mail.text.strip() == "Unterschrieben: ä"
    assert mail.signature is not None
    assert (mail.signature.state, mail.signature.signer) == ("good", "jm@kunde.example")
    assert trusting(opaque(signed())).signature.state == "unknown"  # type: ignore[union-attr]
    late = trusting(opaque(signed()), certificate(ROOT, ca=True)[0], at=NOW + timedelta(days=90))
    assert late.signature is not None
    assert late.signature.state == "unknown"


def test_a_signature_beside_the_words_is_checked() -> None:
    """Trap 29."""
    root = certificate(ROOT, ca=True)[0]
    der = signed(pkcs7.PKCS7Options.DetachedSignature)
    good = trusting(apart(INNER, der), root)
    assert good.signature is not None
    assert good.signature.state == "good"
    changed = trusting(apart(INNER.replace(b"Unter", b"Ueber"), der), root)
    assert changed.signature is not None
    assert changed.signature.state == "broken"
    assert "Ueberschrieben" in changed.text
    other = trusting(apart(INNER, der), certificate("Andere", ca=True)[0])
    assert other.signature is not None
    assert other.signature.state == "unknown"


def test_a_certificate_that_is_no_authority_vouches_for_nobody() -> None:
    mine = certificate("Jürgen", ROOT)[0]
    assert trusting(opaque(signed()), mine).signature.state == "good"  # type: ignore[union-attr]  # known by itself
    assert trusting(opaque(signed()), certificate("Fremd")[0]).signature.state == "unknown"  # type: ignore[union-attr]


def test_sealed_mail_is_opened_by_its_key_and_kept_without() -> None:
    """Trap 29: signed within encrypted."""
    mine, key = certificate("Postfach")
    inner = opaque(signed()).partition(b"MIME-Version: 1.0\r\n")[2]
    sealed = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(inner)
        .add_recipient(mine)
        .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )

    def decrypt(envelope: bytes) -> bytes | None:
        return pkcs7.pkcs7_decrypt_der(envelope, mine, key, [])

    mail = parse_mail(opaque(sealed), unlock=Unlock((certificate(ROOT, ca=True)[0],), decrypt, NOW))
    assert mail.text.strip() == "Unterschrieben: ä"
    assert (mail.encrypted, mail.signature.state if mail.signature else "") == ("smime", "good")
    closed = parse_mail(opaque(sealed))
    assert closed.encrypted == "smime-closed"
    assert closed.attachments[0].filename == "smime.p7m"


def test_pgp_in_line_shows_its_words() -> None:
    """Trap 29: content shown, and said that nobody checked it."""
    text = (
        b"Hallo\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n- - Liste\r\nDrucker\r\n"
        b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n"
    )
    mail = parse_mail(HEAD + b"Content-Type: text/plain\r\n\r\n" + text)
    assert "PGP" not in mail.text
    assert "- Liste\nDrucker" in mail.text.replace("\r", "")
    assert mail.signature is not None
    assert mail.signature.state == "unchecked"
    sealed = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----\r\n"
    assert parse_mail(HEAD + b"\r\n" + sealed).encrypted == "pgp-closed"


@given(st.binary(max_size=300))
def test_any_envelope(data: bytes) -> None:
    open_cms(data, at=NOW)
    whole = signed()
    open_cms(whole[: len(data)] + data + whole[len(data) * 2 :], at=NOW)


# --- hostile ---


def test_ten_thousand_parts_end_soon() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    raw += b"--x\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 10_000
    started = time.process_time()
    mail = parse_mail(raw)
    assert time.process_time() - started < 20
    assert len(mail.attachments) <= 1_000
    assert len(mail.events) <= 20


def test_forty_levels_of_signed_mail_end_soon() -> None:
    der = signed()
    inner = b"Content-Type: text/plain\r\n\r\nx\r\n"
    mine, key = certificate("Jürgen", ROOT)
    for _ in range(12):
        builder = pkcs7.PKCS7SignatureBuilder().set_data(inner).add_signer(mine, key, hashes.SHA256())
        der = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
        inner = opaque(der).partition(b"MIME-Version: 1.0\r\n")[2]
    mail = parse_mail(opaque(der))
    assert mail.attachments[0].filename == "smime.p7m"


def test_archives_and_drawings_are_files_and_nothing_more() -> None:
    """Trap 28 and bombs: nothing is unpacked, so nothing can grow."""
    bomb = b"PK\x03\x04" + b"\x00" * 1000
    mail = part('application/zip; name="../../etc/bombe.zip"', bomb)
    assert (mail.attachments[0].filename, mail.attachments[0].data) == ("bombe.zip", bomb)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    drawing = part("image/svg+xml; name=x.svg", svg)
    assert drawing.html == ""
    assert drawing.attachments[0].data == svg


def test_a_large_mail_needs_a_bounded_multiple_of_its_size() -> None:
    data = b"A" * 40_000_000
    raw = HEAD + b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data
    tracemalloc.start()
    mail = parse_mail(raw)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert mail.attachments[0].size == 30_000_000
    assert most < 5 * len(raw)


def test_what_is_found_fits_into_json() -> None:
    mail = part("application/ms-tnef; name=winmail.dat", winmail(method="IPM.Schedule.Meeting.Request"))
    shown = json.loads(json.dumps(as_data("x", mail)))
    assert shown["events"][0]["start"] == "2026-11-24T09:00:00Z"
    assert shown["signature"] is None
