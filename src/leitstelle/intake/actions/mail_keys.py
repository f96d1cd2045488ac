"""Certificates and public keys that count (S/MIME, OpenPGP) and keys of mailboxes: administrators keep them."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.db import IntegrityError, transaction

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.errors import KeyKnown, KeyUnreadable
from leitstelle.intake.events import MailboxChanged
from leitstelle.intake.models import Mailbox, MailKey
from leitstelle.intake.rules.mail.openpgp import ARMOUR, read_key
from leitstelle.intake.rules.mail.signed import address_of
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

LARGEST = 200_000
MOST_ABOVE = 5
# Kept of a key that never runs out.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Read:
    """What a file holds; `key` is the secret one as it is kept, or empty."""

    holder: str
    fingerprint: str
    certificate: str
    key: str
    expires_at: datetime


@unit()
def add_mail_key(
    data: bytes, *, by: Viewer, now: datetime, mailbox: Mailbox | None = None, password: str = ""
) -> MailKey:
    """Let a certificate (PEM, DER) or public OpenPGP key count; with its secret key (PKCS #12, OpenPGP) open mail.

    Administrators. Records `MailboxChanged` for a mailbox. Raises `NotAllowed`, `KeyUnreadable`, `KeyKnown`.
    """
    if not can_administer(by):
        raise NotAllowed()
    read = _read_pgp(data, password) if ARMOUR.encode() in data[:1000] else _read_certificate(data, password)
    if (read.key != "") != (mailbox is not None):
        raise KeyUnreadable(fields={"mailbox": KeyUnreadable.mailbox_and_key})
    try:
        with transaction.atomic():
            row = MailKey.objects.create(
                mailbox=mailbox,
                holder=read.holder[:254],
                fingerprint=read.fingerprint,
                certificate=read.certificate,
                private_key=read.key,
                expires_at=read.expires_at,
                created_at=now,
            )
    except IntegrityError as error:
        raise KeyKnown(fields={"file": KeyKnown.default_message}) from error
    _tell(mailbox, by, now)
    return row


@unit()
def remove_mail_key(row: MailKey, *, by: Viewer, now: datetime) -> None:
    """Let a certificate no longer count; what only its key opens stays closed. Administrators. Records as above."""
    if not can_administer(by):
        raise NotAllowed()
    mailbox = row.mailbox
    row.delete()
    _tell(mailbox, by, now)


def _tell(mailbox: Mailbox | None, by: Viewer, now: datetime) -> None:
    if mailbox is not None:
        record(
            MailboxChanged(fields=("mail_key",)),
            subject=Subject("mailbox", mailbox.pk),
            actor=by.actor,
            at=now,
        )


def _read_pgp(data: bytes, password: str) -> _Read:
    """A key of OpenPGP in armour; a secret one is kept with the password it is locked by."""
    found = read_key(data[:LARGEST], password)
    if found is None:
        raise KeyUnreadable(fields={"file": KeyUnreadable.default_message})
    ends = datetime.fromtimestamp(found.expires, UTC) if found.expires is not None else NEVER
    secret = json.dumps(asdict(found.secret)) if found.secret is not None else ""
    return _Read(found.public.holder, found.public.fingerprint, found.public.armoured, secret, ends)


def _read_certificate(data: bytes, password: str) -> _Read:
    certificate, key, above = _read(data[:LARGEST], password)
    return _Read(
        address_of(certificate),
        certificate.fingerprint(hashes.SHA256()).hex(),
        "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in (certificate, *above)),
        key,
        certificate.not_valid_after_utc,
    )


def _read(data: bytes, password: str) -> tuple[x509.Certificate, str, list[x509.Certificate]]:
    """The certificate; the key in PEM where the file holds one, and the certificates above: they go with signatures."""
    try:
        if b"-----BEGIN CERTIFICATE-----" in data:
            return x509.load_pem_x509_certificate(data), "", []
        if not password:
            try:
                return x509.load_der_x509_certificate(data), "", []
            except ValueError:
                pass  # a PKCS #12 file without a password
        key, certificate, above = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(fields={"file": KeyUnreadable.default_message}) from error
    if key is None or certificate is None:
        raise KeyUnreadable(fields={"file": KeyUnreadable.default_message})
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate, pem.decode(), above[:MOST_ABOVE]
