"""Mail that is signed when it leaves (S/MIME): checked by OpenSSL and by ourselves, the same on every try."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.tests.cast import make_administrator
from leitstelle.config.doctor.services import mailboxes
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.mail_keys import add_mail_key
from leitstelle.intake.choices import Unfit
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.queries.signing import signing_of
from leitstelle.intake.rules.mail import ParsedMail, parse_mail
from leitstelle.intake.rules.mail.sealed import Unlock
from leitstelle.intake.rules.mail.signing import SigningKey, unfit
from leitstelle.intake.tests.factories import ADDRESS, NOW, desk, mail
from leitstelle.kernel.blobs import read_blob, store
from leitstelle.kernel.mail import OutboxMail, Outgoing
from leitstelle.kernel.mail.rendering import render
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import NewFile, NewRecipient, reply
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

Made = tuple[x509.Certificate, SigningKey]


def make(
    name: str,
    above: Made | None = None,
    *,
    address: str = "",
    days: tuple[int, int] = (-3650, 3650),
    purpose: x509.ObjectIdentifier | None = None,
    signs: bool = True,
    elliptic: bool = False,
) -> Made:
    """A certificate with its key; without `above` an authority."""
    key: SigningKey = (
        ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above[0].subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=not address, path_length=None), critical=True)
    )
    if address:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False
        )
        usage = x509.KeyUsage(signs, False, True, False, False, False, False, False, False)
        builder = builder.add_extension(usage, critical=True)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(above[1] if above else key, hashes.SHA256()), key


@pytest.fixture(scope="module")
def root() -> Made:
    return make("Prüfstelle")


@pytest.fixture(scope="module")
def between(root: Made) -> Made:
    return make("Prüfstelle für Mail", root)


@pytest.fixture
def box(db: None) -> Mailbox:
    return desk(NOW, sign_mail=True)


def keep(box: Mailbox, made: Made, *above: x509.Certificate) -> None:
    secret = serialization.BestAvailableEncryption(b"geheim")
    file = pkcs12.serialize_key_and_certificates(b"x", made[1], made[0], above or None, secret)
    add_mail_key(file, mailbox=box, password="geheim", by=Viewer.system(), now=NOW)


def answered(box: Mailbox, people: Desk) -> OutboxMail:
    raw = mail(sender="Miriam Brandt <miriam.brandt@werk-nord.example>")
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    ticket: Ticket | None = InboundMail.objects.get(pk=accepted.pk).ticket
    assert ticket
    blob = store("Ärger, Übersicht\n.\n".encode() * 50)
    file = NewFile(blob_id=blob.pk, filename="Übersicht.csv", content_type="text/csv", size=blob.size)
    to = (NewRecipient(email="miriam.brandt@werk-nord.example"),)
    text = "Grüße,\nbitte neu starten. \n" + "lang " * 400 + "\n\nFrom here\n"
    reply(ticket, text, recipients=to, files=(file,), by=people.as_agent(), now=timezone.now())
    drain()
    return OutboxMail.objects.latest("pk")


def by_openssl(raw: bytes, root: Made, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """What OpenSSL says of a mail, with the authority that counts."""
    (folder / "mail.eml").write_bytes(raw)
    (folder / "root.pem").write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-in", "mail.eml", "-CAfile", "root.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def by_us(raw: bytes, root: Made, at: datetime = NOW) -> ParsedMail:
    return parse_mail(raw, unlock=Unlock(trusted=(root[0],), at=at))


# --- the signature ---


@pytest.mark.parametrize("elliptic", [False, True])
def test_openssl_and_we_ourselves_find_the_signature_good(
    root: Made, between: Made, box: Mailbox, tmp_path: Path, elliptic: bool
) -> None:
    made = make(
        "Support", between, address=ADDRESS, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION, elliptic=elliptic
    )
    keep(box, made, between[0])
    sent = answered(box, make_desk())
    raw = read_blob(sent.raw)
    told = by_openssl(raw, root, tmp_path)
    assert told.returncode == 0, told.stderr.decode()
    assert b"Content-Type: multipart/mixed" in told.stdout
    read = by_us(raw, root)
    assert read.signature is not None
    assert (read.signature.state, read.signature.signer) == ("good", ADDRESS)
    assert "bitte neu starten." in read.text
    assert [file.filename for file in read.attachments] == ["Übersicht.csv", "smime.p7s"]
    assert sent.message_id.strip("<>") in raw.decode().partition("\r\n\r\n")[0]
    assert all(len(line) <= 998 and line.isascii() for line in raw.split(b"\r\n"))


def test_a_changed_word_breaks_it(root: Made, between: Made, box: Mailbox, tmp_path: Path) -> None:
    keep(box, make("Support", between, address=ADDRESS), between[0])
    raw = read_blob(answered(box, make_desk()).raw).replace(b"neu starten", b"alt starten")
    assert by_openssl(raw, root, tmp_path).returncode != 0
    read = by_us(raw, root)
    assert read.signature is not None
    assert read.signature.state == "broken"


def test_every_try_sends_the_same_bytes(root: Made, box: Mailbox) -> None:
    keep(box, make("Support", root, address=ADDRESS))
    sent = answered(box, make_desk())
    before = (sent.raw_id, sent.message_id, read_blob(sent.raw))
    OutboxMail.objects.filter(pk=sent.pk).update(state="queued", hold_reason="")
    drain()
    sent.refresh_from_db()
    assert (sent.raw_id, sent.message_id, read_blob(sent.raw)) == before


def test_a_mail_without_attachments_and_html_is_signed_too() -> None:
    seen: list[bytes] = []

    def sign(content: bytes) -> bytes:
        seen.append(content)
        return b"signature"

    outgoing = Outgoing(to=["a@b.example"], subject="x", text="Guten Tag", from_email="c@d.example")
    raw = render(outgoing, "<1@d.example>", NOW, sign)
    assert raw.count(b"MIME-Version") == 1
    assert raw.count(seen[0]) == 1
    assert seen[0].startswith(b"Content-Type: text/plain")


# --- who signs, and what happens where nobody can ---


def test_the_certificate_has_to_fit(root: Made) -> None:
    good = make("x", root, address=ADDRESS)[0]
    assert unfit(good, ADDRESS.upper(), NOW) is None
    assert unfit(good, "other@leitstelle.example", NOW) is Unfit.ADDRESS
    assert unfit(make("x", root, address=ADDRESS, days=(-20, -1))[0], ADDRESS, NOW) is Unfit.EXPIRED
    assert unfit(make("x", root, address=ADDRESS, days=(1, 20))[0], ADDRESS, NOW) is Unfit.NOT_YET
    assert unfit(make("x", root, address=ADDRESS, signs=False)[0], ADDRESS, NOW) is Unfit.PURPOSE
    server = make("x", root, address=ADDRESS, purpose=ExtendedKeyUsageOID.SERVER_AUTH)[0]
    assert unfit(server, ADDRESS, NOW) is Unfit.PURPOSE


def test_of_several_keys_the_one_valid_longest_signs(root: Made, box: Mailbox) -> None:
    keep(box, make("old", root, address=ADDRESS, days=(-20, -1)))
    assert signing_of(box, NOW).trouble is Unfit.EXPIRED
    keep(box, make("next", root, address=ADDRESS, days=(-1, 20)))
    keep(box, make("foreign", root, address="other@leitstelle.example", days=(-1, 900)))
    found = signing_of(box, NOW)
    assert found.trouble is None
    assert found.expires_at == NOW + timedelta(days=20)


def test_where_no_key_fits_mail_leaves_unsigned_and_administrators_are_told(
    root: Made, box: Mailbox, client: Client
) -> None:
    keep(box, make("Support", root, address=ADDRESS, days=(-20, -1)))
    raw = read_blob(answered(box, make_desk()).raw)
    assert b"pkcs7-signature" not in raw
    assert by_us(raw, root).signature is None
    told = [finding for finding in mailboxes() if finding.level == "warning"]
    assert ["unsigned" in finding.what for finding in told] == [True]
    client.force_login(make_administrator())
    for page in ("/administration/mailboxes/", "/administration/mail-keys/"):
        assert "its certificate has run out" in client.get(page).content.decode()


def test_a_mailbox_signs_only_where_it_is_switched_on(root: Made, box: Mailbox) -> None:
    keep(box, make("Support", root, address=ADDRESS))
    Mailbox.objects.update(sign_mail=False)
    assert b"pkcs7-signature" not in read_blob(answered(box, make_desk()).raw)
