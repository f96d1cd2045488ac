"""Whether a request comes from who knows the secret of the source. Every comparison takes the same time."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256

from leitstelle.intake.choices import TelephonyKind

# Header names in lower case.
PLACETEL = "x-placetel-signature"
OWN = "x-leitstelle-signature"


def is_proven(kind: str, secret: str, body: bytes, headers: Mapping[str, str], token: str) -> bool:
    """Return whether the request is genuine: by Placetel's HMAC, else by signature, header or `token` of the address.

    `headers` by lower-case name. A source without a secret proves nothing.
    """
    if not secret:
        return False
    if kind == TelephonyKind.PLACETEL:
        return _same(headers.get(PLACETEL, "").lower(), signature_of(secret, body))
    if OWN in headers:
        return _same(headers[OWN].lower().removeprefix("sha256="), signature_of(secret, body))
    return any(_same(given, secret) for given in (token, *_from_header(headers.get("authorization", ""))))


def signature_of(secret: str, body: bytes) -> str:
    """Return HMAC-SHA256 of the body as sent, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def _from_header(value: str) -> list[str]:
    scheme, _space, rest = value.partition(" ")
    if scheme.lower() == "bearer":
        return [rest.strip()]
    if scheme.lower() == "basic":
        try:
            return [base64.b64decode(rest, validate=True).decode().partition(":")[2]]
        except (binascii.Error, UnicodeDecodeError):
            return []
    return []


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
