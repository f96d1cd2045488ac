"""Certificates that count in S/MIME and keys of mailboxes: administrators enter and remove them."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.db import IntegrityError, transaction

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.errors import KeyKnown, KeyUnreadable
from leitstelle.intake.events import MailboxChanged
from leitstelle.intake.models import Mailbox, MailKey
from leitstelle.intake.rules.mail.signed import address_of
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer

LARGEST = 200_000


@unit()
def add_mail_key(
    data: bytes, *, by: Viewer, now: datetime, mailbox: Mailbox | None = None, password: str = ""
) -> MailKey:
    """Let a certificate count (PEM or DER), or, of a PKCS #12 file with its key, open mail to a mailbox.

    Administrators. Records `MailboxChanged` for a mailbox. Raises `NotAllowed`, `KeyUnreadable`, `KeyKnown`.
    """
    if not can_administer(by):
        raise NotAllowed()
    certificate, key = _read(data[:LARGEST], password)
    if (key != "") != (mailbox is not None):
        raise KeyUnreadable(fields={"mailbox": KeyUnreadable.mailbox_and_key})
    try:
        with transaction.atomic():
            row = MailKey.objects.create(
                mailbox=mailbox,
                holder=address_of(certificate)[:254],
                fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
                certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
                private_key=key,
                expires_at=certificate.not_valid_after_utc,
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


def _read(data: bytes, password: str) -> tuple[x509.Certificate, str]:
    """The certificate, and the key in PEM where the file holds one."""
    try:
        if b"-----BEGIN CERTIFICATE-----" in data:
            return x509.load_pem_x509_certificate(data), ""
        if not password:
            try:
                return x509.load_der_x509_certificate(data), ""
            except ValueError:
                pass  # a PKCS #12 file without a password
        key, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise KeyUnreadable(fields={"file": KeyUnreadable.default_message}) from error
    if key is None or certificate is None:
        raise KeyUnreadable(fields={"file": KeyUnreadable.default_message})
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate, pem.decode()
