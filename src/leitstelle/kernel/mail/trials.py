"""What a connection test reports: one step after the other, each with its result, and what to do about a failure.

Pure; the gateways take the steps, pages show them in words.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# Seconds one step may take; the whole test ends after a few of them.
STEP_SECONDS = 8.0
MAIL_PORTS = frozenset({25, 110, 143, 465, 587, 993, 995, 2525})


class TrialStep(StrEnum):
    """The steps of a test, in order; incoming and outgoing mail share the first four."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    ENCRYPT = "encrypt"
    TOKEN = "token"  # noqa: S105
    SIGN_IN = "sign_in"
    FOLDER = "folder"
    COUNT = "count"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Remedy(StrEnum):
    """What a failed step needs; the words are in `labels` of whoever shows it."""

    NAME = "name"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    PORT = "port"
    ADDRESS = "address"
    TLS_MODE = "tls_mode"
    CERTIFICATE = "certificate"
    CERTIFICATE_NAME = "certificate_name"
    PROTOCOL = "protocol"
    APP_PASSWORD = "app_password"  # noqa: S105
    BASIC_AUTH_OFF = "basic_auth_off"
    IMAP_OFF = "imap_off"
    PASSWORD = "password"  # noqa: S105
    ENCRYPT_FIRST = "encrypt_first"
    TOKEN_CONNECT = "token_connect"  # noqa: S105
    TOKEN_SECRET = "token_secret"  # noqa: S105
    TOKEN_CONSENT = "token_consent"  # noqa: S105
    TOKEN_TENANT = "token_tenant"  # noqa: S105
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    UIDL = "uidl"
    FOLDER = "folder"
    SENDER = "sender"
    RECIPIENT = "recipient"
    OTHER = "other"


@dataclass(frozen=True)
class Tried:
    """One step that was taken: whether it worked, what was found or answered, and the remedy where it failed."""

    step: TrialStep
    ok: bool
    detail: str = ""
    remedy: Remedy | None = None


# Sentences of well-known servers, most telling first.
_SIGN_IN = (
    (r"basic authentication is disabled|smtpclientauthentication is disabled|5\.7\.139", Remedy.BASIC_AUTH_OFF),
    (r"application-specific password|app[- ]password|5\.7\.9|invalidsecondfactor", Remedy.APP_PASSWORD),
    (r"imap (access )?is (disabled|not enabled)|not enabled for imap|pop3/imap", Remedy.IMAP_OFF),
    (r"privacyrequired|must issue a starttls|cleartext|plaintext auth|encryption required", Remedy.ENCRYPT_FIRST),
)  # fmt: skip
_PROVIDERS = (
    (r"(^|\.)(gmail\.com|googlemail\.com|google\.com)$", Remedy.APP_PASSWORD),
    (r"(^|\.)(mail\.me\.com|icloud\.com|yahoo\.com|aol\.com)$", Remedy.APP_PASSWORD),
    (r"(^|\.)(office365\.com|outlook\.com|hotmail\.com|outlook\.de)$", Remedy.BASIC_AUTH_OFF),
    (r"(^|\.)(gmx\.(net|de|com)|web\.de|freenet\.de)$", Remedy.IMAP_OFF),
)


def remedy_for_sign_in(host: str, answer: str) -> Remedy:
    """What a refused sign-in needs, by the server's words or else by who runs it."""
    for pattern, remedy in _SIGN_IN:
        if re.search(pattern, answer, re.IGNORECASE):
            return remedy
    for pattern, remedy in _PROVIDERS:
        if re.search(pattern, host.rstrip(".").lower()):
            return remedy
    return Remedy.PASSWORD


def remedy_for_token(code: str) -> Remedy:
    """What a missing token needs, by the code of `NoToken`."""
    found = f"token_{code}"
    return Remedy(found) if found in set(Remedy) else Remedy.OTHER


def remedy_for_encryption(answer: str) -> Remedy:
    """What a failed TLS handshake needs."""
    text = answer.lower()
    if "hostname mismatch" in text or "ip address mismatch" in text:
        return Remedy.CERTIFICATE_NAME
    if "certificate" in text:
        return Remedy.CERTIFICATE
    return Remedy.TLS_MODE


def port_allowed(port: int) -> bool:
    """Whether a test may connect there: mail ports and unprivileged ones, not other services of a machine."""
    return port in MAIL_PORTS or port >= 1024


def address_allowed(address: str) -> bool:
    """Whether a test may connect to an IP address: not to the metadata of a cloud, groups, or nowhere."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    return not (found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved)


def succeeded(steps: Iterable[Tried]) -> bool:
    """Whether every step worked."""
    return all(step.ok for step in steps)
