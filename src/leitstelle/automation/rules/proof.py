"""Whether a report comes from who knows the secret of the webhook. Every comparison takes the same time."""

import base64
import hmac
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from leitstelle.intake.choices import TelephonyKind
from leitstelle.intake.rules.telephony import proof

# Header names in lower case.
HUB = "x-hub-signature-256"
STANDARD = "webhook-signature"
# How old a signed moment may be, in seconds.
TOLERANCE = 300
# How long the secret before is taken beside a new one.
OVERLAP = timedelta(days=7)


def is_proven(secret: str, body: bytes, headers: Mapping[str, str], token: str, *, now: float) -> bool:
    """Return whether a request is genuine; `headers` by lower-case name, `now` in seconds since 1970.

    Signatures in the manner of Standard Webhooks (`webhook-signature`, with id and moment) or GitHub
    (`X-Hub-Signature-256`), else what telephone systems may use: our own signature, bearer, basic or `token`.
    """
    if not secret:
        return False
    if STANDARD in headers:
        return _standard(secret, body, headers, now)
    if HUB in headers:
        given = headers[HUB].lower().removeprefix("sha256=")
        return hmac.compare_digest(given.encode(), proof.signature_of(secret, body).encode())
    return proof.is_proven(TelephonyKind.GENERIC, secret, body, headers, token)


def _standard(secret: str, body: bytes, headers: Mapping[str, str], now: float) -> bool:
    moment = headers.get("webhook-timestamp", "")
    if not (
        moment.isascii() and moment.isdigit() and len(moment) < 12 and abs(now - int(moment)) <= TOLERANCE
    ):
        return False
    signed = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
    wanted = base64.b64encode(hmac.new(secret.encode(), signed, sha256).digest())
    given = [one.partition(",")[2].encode() for one in headers[STANDARD].split() if one.startswith("v1,")]
    return any(hmac.compare_digest(one, wanted) for one in given)
