"""Asking a telephone system to ring an agent and then call a number: whose line, and what is sent."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from leitstelle.intake.choices import DialKind

# sipgate names what can call by a letter and a number: e0 a telephone, p0 a phone line, y0 a mobile one.
_SIPGATE_DEVICE = re.compile(r"[epxy]\d{1,6}")
SIPGATE_ADDRESS = "https://api.sipgate.com/v2/sessions/calls"


@dataclass(frozen=True)
class DialRequest:
    """What is posted: a body of JSON, and the headers with the proof."""

    headers: dict[str, str]
    body: bytes


def line_that_dials(kind: str, keys: Iterable[str]) -> str:
    """Return which of an agent's lines the system can call from; empty where there is none."""
    fits = (key for key in keys if kind != DialKind.SIPGATE or _SIPGATE_DEVICE.fullmatch(key))
    return next(fits, "")


def dial_request(kind: str, *, line: str, number: str, user: str, secret: str) -> DialRequest:
    """Return the request for a call from a line to a number (E.164).

    sipgate: its `POST /v2/sessions/calls`, with the token's id as `user`. Generic: `caller` and `callee`. With a user
    the secret is the password of Basic authentication, without one it is a bearer token.
    """
    content = {"caller": line, "callee": number}
    if kind == DialKind.SIPGATE:
        content["deviceId"] = line
    proof = f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}" if user else f"Bearer {secret}"
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "Leitstelle",
        "Authorization": proof,
    }
    return DialRequest(headers, json.dumps(content, separators=(",", ":"), sort_keys=True).encode())
