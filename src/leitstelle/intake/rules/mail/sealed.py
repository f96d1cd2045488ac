"""Mail that is signed or encrypted: what is inside, opened with the keys that whoever asks brings along."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .mime import Part
from .openpgp import PublicKey, SecretKey, Unsealed, check_around, check_beside, unseal
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
_CLEAR_BYTES = re.compile(
    rb"-----BEGIN PGP SIGNED MESSAGE-----.*?-----END PGP SIGNATURE-----\r?\n?", re.DOTALL
)
SEALED_IN_LINE = re.compile(rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----\r?\n?", re.DOTALL)
PART = "only a part of the mail is signed"
_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
NOT_CHECKED = Signature("pgp", "unchecked", "", "PGP is not checked here")


@dataclass(frozen=True)
class Unlock:
    """The keys: certificates that count, a way to open envelopes (None: no key fits), and when the mail arrived."""

    trusted: Certificates = ()
    decrypt: Callable[[bytes], bytes | None] = lambda envelope: None
    at: datetime | None = None
    pgp_public: Callable[[], Sequence[PublicKey]] = tuple
    pgp_secret: Callable[[], Sequence[SecretKey]] = tuple


def pgp_signed_apart(part: Part, signature: bytes, unlock: Unlock) -> Signature:
    """What the OpenPGP signature beside a part says about it (RFC 3156); unchecked where no key is kept at all."""
    keys = unlock.pgp_public()
    if not keys:
        return NOT_CHECKED
    content = part.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    found = check_beside(content, signature, keys)
    if found.state == "broken":
        # Whether the line end before the boundary belongs to what was signed is read in two ways.
        again = check_beside(content.removesuffix(b"\r\n"), signature, keys)
        return again if again.state == "good" else found
    return found


def pgp_signed_in_line(data: bytes, unlock: Unlock) -> Signature:
    """What the signature of a text says that is signed in line; it vouches for no words beside it."""
    keys = unlock.pgp_public()
    block = _CLEAR_BYTES.search(data)
    if not keys or block is None:
        return NOT_CHECKED
    found = check_around(block[0], keys)
    if found.state == "good" and (data[: block.start()] + data[block.end() :]).strip():
        return only_a_part(found)
    return found


def pgp_opened(message: bytes, unlock: Unlock) -> Unsealed | None:
    """What stands in a message that OpenPGP sealed; None where no key of the mailbox opens it."""
    secrets = unlock.pgp_secret()
    return unseal(message, secrets, unlock.pgp_public()) if secrets else None


def only_a_part(signature: Signature) -> Signature:
    """A good signature that stands for less than what is read here."""
    return replace(signature, state="unknown", why=PART)


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
