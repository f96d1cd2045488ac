"""Values encrypted at rest (Fernet) and values signed for a purpose.

Keys come from `ENCRYPTION_KEYS` (first encrypts, all decrypt) or else from `SECRET_KEY`; both
are stretched by HKDF (RFC 5869) to keys of this purpose alone. What was sealed under
`SECRET_KEY` stays readable after `ENCRYPTION_KEYS` is set.
"""

import base64
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import signing

PREFIX = "enc1:"
_INFO = b"leitstelle encryption at rest v1"


class Unreadable(ValueError):
    """A sealed value that none of the keys opens. Never shows the value."""


def seal(text: str) -> str:
    """Encrypt a text; the result says by its prefix how."""
    return PREFIX + _fernet(_key_material()).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Decrypt what `seal` made; raises `Unreadable`."""
    if not sealed.startswith(PREFIX):
        raise Unreadable("not a sealed value")
    try:
        return _fernet(_key_material()).decrypt(sealed[len(PREFIX) :].encode()).decode()
    except (InvalidToken, UnicodeError):
        raise Unreadable("no key opens this value") from None


def reseal(sealed: str) -> str:
    """Encrypt a sealed value anew under the first key; raises `Unreadable`."""
    return seal(unseal(sealed))


def sign(value: str, purpose: str) -> str:
    """Return `value` with time and signature, valid for this purpose only."""
    return signing.TimestampSigner(salt=f"leitstelle.{purpose}").sign(value)


def unsign(value: str, purpose: str, max_age: timedelta | int | None = None) -> str:
    """Return what was signed; raises `django.core.signing.BadSignature` (or `SignatureExpired`).

    `max_age` in seconds or as a timedelta.
    """
    return signing.TimestampSigner(salt=f"leitstelle.{purpose}").unsign(value, max_age=max_age)


def _key_material() -> tuple[str, ...]:
    """All texts keys are made of, the one that encrypts first."""
    given: tuple[str, ...] = tuple(getattr(settings, "ENCRYPTION_KEYS", ()))
    return (*given, settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _fernet(material: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(text)) for text in material])


def _derived(text: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(text.encode())
    return base64.urlsafe_b64encode(key)
