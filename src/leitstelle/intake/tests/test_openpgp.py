"""OpenPGP: signatures of known keys are verified, sealed mail is opened, and nothing that comes in does harm."""

import random
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pysequoia import SignatureMode, Tsk, encrypt, sign

from leitstelle.accounts.tests.cast import email, make_administrator
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.mail_keys import add_mail_key
from leitstelle.intake.errors import KeyKnown, KeyUnreadable
from leitstelle.intake.models import InboundMail, Mailbox, MailKey
from leitstelle.intake.rules.mail import ParsedMail, parse_mail
from leitstelle.intake.rules.mail.openpgp import PublicKey, SecretKey, check_around, read_key, unseal
from leitstelle.intake.rules.mail.sealed import PART, Unlock
from leitstelle.intake.tests.factories import NOW, desk
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Ticket

HEAD = b"From: ina@kunde.example\r\nTo: support@leitstelle.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
INA = "Ina <ina@kunde.example>"
WORDS = "Content-Type: text/plain; charset=utf-8\r\n\r\nDer Drucker fällt aus.\r\n".encode()


@cache
def key(name: str) -> Tsk:
    return Tsk.generate(name)


@cache
def public(name: str) -> PublicKey:
    found = read_key(str(key(name).extract_certificate()).encode())
    assert found is not None
    assert found.secret is None
    return found.public


@cache
def secret() -> SecretKey:
    found = read_key(str(key("support@leitstelle.example")).encode())
    assert found is not None
    assert found.secret is not None
    return found.secret


def unlock(*known: PublicKey, opens: bool = False) -> Unlock:
    return Unlock(pgp_public=lambda: known, pgp_secret=lambda: [secret()] if opens else [])


def signed(content: bytes = WORDS, by: str = INA, change: bytes = b"") -> bytes:
    """PGP/MIME (RFC 3156): a signature beside its part, perhaps changed afterwards."""
    signature = sign(key(by).signer(), content, mode=SignatureMode.DETACHED)
    head = b"Content-Type: multipart/signed; protocol=application/pgp-signature; micalg=pgp-sha512; boundary=s\r\n\r\n"
    end = (
        b"--s\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n"
        + signature
        + b"\r\n--s--\r\n"
    )
    return head + b"--s\r\n" + content + change + b"\r\n" + end


def sealed(content: bytes, *, by: str = "") -> bytes:
    message = encrypt(
        bytes=content,
        recipients=[key("support@leitstelle.example").extract_certificate()],
        signer=key(by).signer() if by else None,
    )
    head = b"Content-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=e\r\n\r\n--e\r\n"
    head += b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\n"
    return head + b"Content-Type: application/octet-stream\r\n\r\n" + message + b"\r\n--e--\r\n"


def judged(mail: ParsedMail) -> tuple[str, str]:
    assert mail.signature is not None
    return mail.signature.state, mail.signature.signer


def test_a_signature_beside_the_words() -> None:
    known = unlock(public(INA))
    assert judged(parse_mail(HEAD + signed(), unlock=known)) == ("good", INA)
    changed = parse_mail(HEAD + signed(change=b"Bitte Geld an mich.\r\n"), unlock=known)
    assert judged(changed) == ("broken", INA)
    assert "Geld" in changed.text, "shown all the same"
    stranger = parse_mail(HEAD + signed(by="Ina <ina@falsch.example>"), unlock=known)
    assert judged(stranger) == ("unknown", "")
    assert judged(parse_mail(HEAD + signed())) == ("unchecked", "")
    broken = (HEAD + signed()).replace(b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN NOTHING-----")
    assert judged(parse_mail(broken, unlock=known)) == ("broken", "")


def test_words_around_a_signed_part_are_nobodys() -> None:
    """Somebody else may have put their own words beside what was signed once."""
    mixed = b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nBitte zahlen\r\n"
    mail = parse_mail(HEAD + mixed + b"--m\r\n" + signed() + b"\r\n--m--\r\n", unlock=unlock(public(INA)))
    assert mail.signature is not None
    assert (mail.signature.state, mail.signature.why) == ("unknown", PART)
    third = signed().replace(
        b"\r\n--s--", b"\r\n--s\r\nContent-Type: text/plain\r\n\r\nBitte zahlen\r\n--s--"
    )
    again = parse_mail(HEAD + third, unlock=unlock(public(INA)))
    assert again.signature is not None
    assert again.signature.state == "unknown"
    assert "Bitte zahlen" in again.text


def test_a_text_signed_in_line() -> None:
    block = sign(key(INA).signer(), "Hallo Müller\n- eins\n".encode(), mode=SignatureMode.CLEAR)
    plain = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    mail = parse_mail(plain + block.replace(b"\n", b"\r\n"), unlock=unlock(public(INA)))
    assert mail.text.strip() == "Hallo Müller\n- eins"
    assert judged(mail) == ("good", INA)
    changed = parse_mail(plain + block.replace(b"eins", b"zwei"), unlock=unlock(public(INA)))
    assert judged(changed)[0] == "broken"
    around = parse_mail(plain + b"Bitte zahlen\r\n" + block, unlock=unlock(public(INA)))
    assert judged(around)[0] == "unknown"


def test_sealed_mail() -> None:
    closed = parse_mail(HEAD + sealed(WORDS), unlock=unlock(public(INA)))
    assert closed.encrypted == "pgp-closed"
    assert len(closed.attachments) == 2
    opened = parse_mail(HEAD + sealed(WORDS), unlock=unlock(public(INA), opens=True))
    assert (opened.encrypted, opened.text.strip(), opened.signature) == (
        "pgp",
        "Der Drucker fällt aus.",
        None,
    )
    inside = parse_mail(HEAD + sealed(WORDS, by=INA), unlock=unlock(public(INA), opens=True))
    assert judged(inside) == ("good", INA)
    stranger = parse_mail(
        HEAD + sealed(WORDS, by="Ina <ina@falsch.example>"), unlock=unlock(public(INA), opens=True)
    )
    assert judged(stranger) == ("unknown", "")
    assert stranger.text.strip() == "Der Drucker fällt aus."
    both = parse_mail(HEAD + sealed(signed()), unlock=unlock(public(INA), opens=True))
    assert (both.encrypted, judged(both)[0]) == ("pgp", "good")


def test_sealed_in_line() -> None:
    message = encrypt(
        bytes="Drucker fällt aus".encode(),
        recipients=[key("support@leitstelle.example").extract_certificate()],
        signer=key(INA).signer(),
    )
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nHallo\r\n" + message
    mail = parse_mail(raw, unlock=unlock(public(INA), opens=True))
    assert mail.text.split() == ["Hallo", "Drucker", "fällt", "aus"]
    assert (mail.encrypted, judged(mail)[0]) == ("pgp", "unknown"), "Hallo is not signed"
    alone = parse_mail(raw.replace(b"Hallo\r\n", b""), unlock=unlock(public(INA), opens=True))
    assert judged(alone)[0] == "good"


def test_damaged_messages_are_shown_as_they_are() -> None:
    rnd = random.Random(3156)
    known = unlock(public(INA), opens=True)
    for raw in (signed(), sealed(WORDS, by=INA)):
        for _ in range(4):
            data = bytearray(raw)
            for _ in range(3):
                data[rnd.randrange(len(data))] = rnd.randrange(256)
            mail = parse_mail(HEAD + bytes(data), unlock=known)
            assert isinstance(mail.text, str)
    assert unseal(b"nothing", [secret()], []) is None
    assert check_around(b"nothing", [public(INA)]).state in ("unknown", "broken")
    assert read_key(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxxxx") is None


# --- kept and used by the desk ---


@pytest.fixture
def box(db: None) -> Mailbox:
    return desk()


def take(box: Mailbox, raw: bytes, number: int) -> InboundMail:
    data = b"Message-ID: <pgp-%d@kunde.example>\r\n" % number + raw
    accepted = accept_raw(box, data, received_at=NOW, source="test", now=NOW)
    drain()
    accepted.refresh_from_db()
    assert accepted.state == "processed", (accepted.reason_code, accepted.reason_detail)
    return accepted


def test_keys_are_kept_and_used(box: Mailbox) -> None:
    admin = make_administrator("Anja", email("anja@x.example", primary=True))
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("intake:mail-keys")
    own = str(key("support@leitstelle.example")).encode()
    without = client.post(page, {"file": SimpleUploadedFile("own.asc", own)})
    assert without.status_code == 422, "a secret key belongs to a mailbox"
    kept = client.post(page, {"file": SimpleUploadedFile("own.asc", own), "mailbox": box.pk})
    assert kept.status_code == 303
    theirs = str(key(INA).extract_certificate()).encode()
    assert client.post(page, {"file": SimpleUploadedFile("ina.asc", theirs)}).status_code == 303
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM intake_mailkey")
        assert all("key" not in str(row[0])[:30] for row in cursor.fetchall())
    shown = client.get(page).content.decode()
    assert "OpenPGP" in shown
    assert "does not run out" in shown
    assert "PRIVATE" not in shown
    taken = take(box, HEAD + sealed(WORDS, by=INA), 1)
    assert taken.entry is not None
    assert taken.entry.body.text.strip() == "Der Drucker fällt aus."
    ticket = Ticket.objects.get()
    words = client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    assert "Signature verified: Ina &lt;ina@kunde.example&gt;" in words
    removed = MailKey.objects.get(mailbox=box)
    assert client.post(reverse("intake:mail-key-remove", args=[removed.pk])).status_code == 303
    closed = take(box, HEAD + sealed(WORDS), 2)
    assert any(step["result"] == "no key opens it" for step in closed.decisions)


def test_refusals_of_pgp_keys(box: Mailbox) -> None:
    theirs = str(key(INA).extract_certificate()).encode()
    with pytest.raises(KeyUnreadable):
        add_mail_key(theirs, mailbox=box, by=Viewer.system(), now=NOW)
    with pytest.raises(KeyUnreadable):
        add_mail_key(theirs[:200], by=Viewer.system(), now=NOW)
    add_mail_key(theirs, by=Viewer.system(), now=NOW)
    with pytest.raises(KeyKnown):
        add_mail_key(theirs, by=Viewer.system(), now=NOW)
