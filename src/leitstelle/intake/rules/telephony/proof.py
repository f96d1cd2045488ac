"""Whether a request comes from who knows the secret of the source. Every comparison takes the same time."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from leitstelle.intake.choices import TelephonyKind

# Header names in lower case.
PLACETEL = "x-placetel-signature"
SIPGATE = "x-sipgate-signature"
OWN = "x-leitstelle-signature"
LEAST_BITS = 2048


def is_proven(
    kind: str, secret: str, body: bytes, headers: Mapping[str, str], token: str, *, public_key: str = ""
) -> bool:
    """Return whether the request is genuine: by Placetel's HMAC, else by signature, header or `token` of the address.

    `headers` by lower-case name. A source without a secret proves nothing. With sipgate's `public_key` (PEM) its
    signature over the body is needed as well.
    """
    if not secret:
        return False
    if (
        kind == TelephonyKind.SIPGATE
        and public_key
        and not _is_signed(headers.get(SIPGATE, ""), body, public_key)
    ):
        return False
    if kind == TelephonyKind.PLACETEL:
        return _same(headers.get(PLACETEL, "").lower(), signature_of(secret, body))
    if OWN in headers:
        return _same(headers[OWN].lower().removeprefix("sha256="), signature_of(secret, body))
    return any(_same(given, secret) for given in (token, *_from_header(headers.get("authorization", ""))))


def signature_of(secret: str, body: bytes) -> str:
    """Return HMAC-SHA256 of the body as sent, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def public_key_of(text: str) -> rsa.RSAPublicKey:
    """Read a public RSA key from PEM. Raises `ValueError` for anything else, and for keys below 2048 bits."""
    try:
        key = serialization.load_pem_public_key(text.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("no public key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ValueError("no RSA key of this size")
    return key


def _is_signed(given: str, body: bytes, public_key: str) -> bool:
    """Whether sipgate signed the body: RSA with SHA-256 (PKCS #1 v1.5), in Base64."""
    try:
        signed = base64.b64decode(given, validate=True)
        public_key_of(public_key).verify(signed, body, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


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
