"""Signing what leaves: a domain says which addresses sign, and the shape of a signed mail (RFC 1847, 8551)."""

import base64
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

# Gets the content as it is to arrive and returns a detached signature (CMS, DER).
Sign = Callable[[bytes], bytes]
# Gets the sender's address and now (aware).
Resolver = Callable[[str, datetime], Sign | None]

_resolvers: list[Resolver] = []


def register_signer(resolver: Resolver) -> Resolver:
    """Let a domain say what signs mail from an address; None: it leaves unsigned. Asked once per mail."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)
    return resolver


def signer_for(address: str, now: datetime) -> Sign | None:
    """What signs mail from this address."""
    return next((sign for resolver in _resolvers if (sign := resolver(address, now)) is not None), None)


def signed_body(content: bytes, sign: Sign, own_id: str) -> bytes:
    """Header lines of the content and the body, to stand behind the other headers; lines end in CRLF.

    `content` is the whole MIME part, its headers first, as it is to arrive: in seven bits, so that no server on the
    way has a reason to change it.
    """
    boundary = f"signed-{sha256(own_id.encode()).hexdigest()[:40]}"
    encoded = base64.encodebytes(sign(content)).replace(b"\n", b"\r\n")
    head = (
        'Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n'
        f' micalg=sha-256; boundary="{boundary}"\r\n\r\n'
    )
    beside = (
        'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
    )
    line = f"--{boundary}".encode()
    return b"".join(
        [
            head.encode(),
            line,
            b"\r\n",
            content,
            b"\r\n",
            line,
            b"\r\n",
            beside.encode(),
            encoded,
            line,
            b"--\r\n",
        ]
    )
