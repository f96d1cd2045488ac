"""Reads about what stood in mail beside its words: events with what became of them, offers, keys."""

import json
import logging
from collections.abc import Collection
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

from leitstelle.intake.choices import Step
from leitstelle.intake.models import ExternalNumber, InboundMail, Mailbox, MailEvent, MailKey
from leitstelle.intake.rules.mail.foreign import who_uses
from leitstelle.intake.rules.mail.openpgp import ARMOUR, PublicKey, SecretKey
from leitstelle.intake.rules.mail.sealed import Unlock
from leitstelle.tickets.queries import living

logger = logging.getLogger("leitstelle.intake")


def unlock_for(box: Mailbox, at: datetime) -> Unlock:
    """The certificates that count, and the keys of a mailbox. One query, more only for sealed mail."""
    counting = list(MailKey.objects.filter(mailbox__isnull=True).defer("private_key"))
    rows = [row for row in counting if not row.is_pgp]
    pgp = [PublicKey(row.holder, row.fingerprint, row.certificate) for row in counting if row.is_pgp]

    def decrypt(envelope: bytes) -> bytes | None:
        for row in MailKey.objects.filter(mailbox=box).exclude(certificate__startswith=ARMOUR):
            plain = _opened(row, envelope)
            if plain is not None:
                return plain
        return None

    def secrets() -> list[SecretKey]:
        kept = MailKey.objects.filter(mailbox=box, certificate__startswith=ARMOUR)
        return [SecretKey(**json.loads(str(row.private_key))) for row in kept]

    return Unlock(
        tuple(x509.load_pem_x509_certificate(row.certificate.encode()) for row in rows),
        decrypt,
        at,
        pgp_public=lambda: pgp,
        pgp_secret=secrets,
    )


def _opened(row: MailKey, envelope: bytes) -> bytes | None:
    """What a key opens; a mail is never held up by what goes wrong with it."""
    try:
        certificate = x509.load_pem_x509_certificate(row.certificate.encode())
        key = load_pem_private_key(str(row.private_key).encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            return None
        return pkcs7.pkcs7_decrypt_der(envelope, certificate, key, [])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        logger.info("a sealed mail is not opened by the key of %s: %s", row.holder, type(error).__name__)
        return None


def events_in(messages: Collection[int]) -> dict[int, list[tuple[MailEvent, MailEvent | None]]]:
    """The events of messages, each with the newest word about it that came later. Two queries."""
    rows = list(MailEvent.objects.filter(message__in=messages).order_by("starts_at", "pk"))
    uids = {row.uid for row in rows if row.uid}
    ticket_rows = (
        MailEvent.objects.filter(uid__in=uids, message__ticket__messages__in=messages).distinct()
        if uids
        else MailEvent.objects.none()
    )
    later: dict[str, MailEvent] = {}
    for row in ticket_rows.order_by("sequence", "pk"):
        if row.method != "REPLY":
            later[row.uid] = row
    found: dict[int, list[tuple[MailEvent, MailEvent | None]]] = {}
    for row in rows:
        newest = later.get(row.uid)
        overtaken = newest is not None and newest.message_id != row.message_id and newest.pk > row.pk
        found.setdefault(row.message_id, []).append((row, newest if overtaken else None))
    return found


def tickets_of_events(uids: Collection[str]) -> dict[str, int]:
    """Ticket per event that is known from a message; the oldest one counts."""
    found: dict[str, int] = {}
    if not uids:
        return found
    rows = MailEvent.objects.filter(uid__in=uids).select_related("message__ticket__merged_into")
    for row in rows.order_by("-pk"):
        found[row.uid] = living(row.message.ticket).pk
    return found


def tickets_of_numbers(numbers: Collection[str], sender: str) -> dict[str, int]:
    """Ticket per number that this sender's desk uses; the newest one counts."""
    if not numbers:
        return {}
    rows = ExternalNumber.objects.filter(value__in=numbers, sender=who_uses(sender))
    known = rows.select_related("ticket__merged_into").order_by("pk")
    return {row.value: living(row.ticket).pk for row in known}


def forwarded_in(mail: InboundMail) -> tuple[str, str] | None:
    """Address and name of whoever wrote the mail that was forwarded, or whom somebody of the desk wrote to."""
    for step in mail.decisions:
        if step.get("step") in (Step.FORWARDED, Step.WRITTEN_TO) and step.get("evidence"):
            return str(step["evidence"]), str(step.get("result") or "")
    return None


def is_forwarded(mail: InboundMail) -> bool:
    """Whether `forwarded_in` names the writer of a forwarded mail, not whom one of the desk wrote to."""
    return any(step.get("step") == Step.FORWARDED for step in mail.decisions)


def has_events(mail: InboundMail) -> bool:
    """Whether an invitation or the like stood in it."""
    return any(step.get("step") == Step.EVENT for step in mail.decisions)


def signature_in(mail: InboundMail) -> tuple[str, str, str] | None:
    """State, signer and reason of a signature."""
    for step in mail.decisions:
        if step.get("step") == Step.SIGNATURE:
            return str(step.get("state", "")), str(step.get("evidence", "")), str(step.get("result", ""))
    return None


def suggested_in(mail: InboundMail) -> int | None:
    """The ticket a mail named without proof, where it was not put there."""
    for step in mail.decisions:
        if step.get("step") == Step.THREAD and step.get("ticket") and step.get("result") != "found":
            ticket = int(step["ticket"])
            return ticket if ticket != mail.ticket_id else None
    return None
