"""Which key of a mailbox signs its mail, and why none does."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from leitstelle.intake.choices import Unfit
from leitstelle.intake.labels import UNSIGNED
from leitstelle.intake.models import Mailbox, MailKey
from leitstelle.intake.rules.mail.openpgp import ARMOUR
from leitstelle.intake.rules.mail.signing import SigningKey, sign, unfit

logger = logging.getLogger("leitstelle.intake")

Signer = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Signing:
    """Who signs the mail of a mailbox: a signer and until when it can, or why nobody does."""

    signer: Signer | None = None
    expires_at: datetime | None = None
    trouble: Unfit | None = None


def signing_of(box: Mailbox, now: datetime) -> Signing:
    """The key that signs now: the one of those that fit which is valid longest. One query."""
    rows = MailKey.objects.filter(mailbox=box).exclude(certificate__startswith=ARMOUR)
    trouble: Unfit = Unfit.NONE
    for row in rows.order_by("-expires_at"):
        certificates = x509.load_pem_x509_certificates(row.certificate.encode())
        why = unfit(certificates[0], box.address, now)
        key = _key(row) if why is None else None
        if key is not None:
            signer = partial(sign, certificate=certificates[0], key=key, above=certificates[1:])
            return Signing(signer, row.expires_at)
        trouble = max(trouble, why or Unfit.UNREADABLE, key=list(Unfit).index)
    return Signing(trouble=trouble)


def signer_of(address: str, now: datetime) -> Signer | None:
    """What signs mail from this address; None where no mailbox signs, or it cannot: its mail leaves unsigned."""
    box = Mailbox.objects.without_secrets().filter(sign_mail=True, address__iexact=address).first()
    if box is None:
        return None
    found = signing_of(box, now)
    if found.signer is None:
        logger.warning("mail of %s leaves unsigned: %s", box.address, found.trouble)
    return found.signer


def unsigned_words(box: Mailbox, now: datetime) -> str:
    """Why mail of a mailbox that signs leaves unsigned now, in the reader's language; empty where it does not."""
    found = signing_of(box, now) if box.sign_mail else Signing()
    return str(UNSIGNED[found.trouble]) if found.trouble is not None else ""


def _key(row: MailKey) -> SigningKey | None:
    """A mail is never held up by what goes wrong with a key."""
    try:
        key = load_pem_private_key(str(row.private_key).encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        logger.warning("the key of %s cannot be used: %s", row.holder, type(error).__name__)
        return None
    return key if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) else None
