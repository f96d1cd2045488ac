"""Mail that is signed or encrypted: what is inside, opened with the keys that whoever asks brings along."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from .mime import Part
from .parsed import Signature
from .signed import Certificates, Opened, open_cms

SMIME_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
SMIME_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
PGP_SIGNATURE = "application/pgp-signature"
# An envelope in an envelope happens (signed, then encrypted); more is a game.
MAX_OPENED = 6
_CLEAR = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[A-Za-z-]+:[^\n]*\n)*\r?\n(.*?)\r?\n?"
    r"-----BEGIN PGP SIGNATURE-----.*?-----END PGP SIGNATURE-----\r?\n?",
    re.DOTALL,
)
_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
NOT_CHECKED = Signature("pgp", "unchecked", "", "PGP is not checked here")


@dataclass(frozen=True)
class Unlock:
    """The keys: certificates that count, a way to open envelopes (None: no key fits), and when the mail arrived."""

    trusted: Certificates = ()
    decrypt: Callable[[bytes], bytes | None] = lambda envelope: None
    at: datetime | None = None


def signed_apart(part: Part, signature: bytes, unlock: Unlock, date: datetime | None) -> Signature:
    """What the signature beside a part says about it."""
    content = part.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    opened = open_cms(signature, content, unlock.trusted, at=_at(unlock, date))
    return (
        opened.signature
        if opened and opened.signature
        else Signature("smime", "broken", "", "not understood")
    )


def opened(data: bytes, unlock: Unlock, date: datetime | None) -> Opened | None:
    """What stands in a `pkcs7-mime`."""
    return open_cms(data, None, unlock.trusted, at=_at(unlock, date))


def _at(unlock: Unlock, date: datetime | None) -> datetime:
    moment = unlock.at or date or datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def without_armour(text: str) -> str:
    """The words of a text that is signed in line (RFC 9580, cleartext signatures); the same text where it is none."""
    if _BEGIN not in text:
        return text
    return _CLEAR.sub(lambda found: re.sub(r"(?m)^- ", "", found[1]) + "\n", text)
