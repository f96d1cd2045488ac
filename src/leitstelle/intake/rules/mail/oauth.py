"""OAuth2 for mail (RFC 6749, 7628; XOAUTH2): addresses of known providers, requests for tokens, what answers mean.

Pure. The gateways send the requests; `actions.oauth` keeps the tokens.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

MICROSOFT, GOOGLE = "microsoft", "google"
CLIENT = "client"
LONGEST = 24 * 3600
# Documented by the providers; the tenant of Microsoft is a name or id, `organizations` takes work accounts of any.
_PLACES = {
    MICROSOFT: (
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/POP.AccessAsUser.All "
        "https://outlook.office.com/SMTP.Send offline_access",
    ),
    GOOGLE: (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
    ),
}
# Of an account that only sends; Google has one permission for all mail.
_SENDING = {MICROSOFT: "https://outlook.office.com/SMTP.Send offline_access"}
_MICROSOFT_OWN = "https://outlook.office365.com/.default"
SERVERS = {
    MICROSOFT: ("outlook.office365.com", 993, "smtp.office365.com", 587),
    GOOGLE: ("imap.gmail.com", 993, "smtp.gmail.com", 587),
}


@dataclass(frozen=True)
class Endpoints:
    """Where people allow access, where tokens are given, and for what."""

    authorize: str
    token: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class Client:
    """The desk as the provider knows it. `secret` is empty for a public client; `sends_only` wants no other right."""

    provider: str
    grant: str
    tenant: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""
    sends_only: bool = False


@dataclass(frozen=True)
class Tokens:
    """What a provider gave; `refresh` is empty where the one there is stays valid."""

    access: str = field(repr=False)
    seconds: int
    refresh: str = field(default="", repr=False)


class Refused(Exception):
    """The provider gives no token; `remedy` is one of the codes below."""

    def __init__(self, words: str, remedy: str) -> None:
        super().__init__(words)
        self.remedy = remedy


CONNECT, SECRET, CONSENT, TENANT, OTHER = "connect", "secret", "consent", "tenant", "other"
_REMEDIES = (
    (r"AADSTS(7000215|7000222|700016|7000218)|invalid_client|unauthorized_client.*secret", SECRET),
    (r"AADSTS(90002|900023|50020)|tenant .*not found", TENANT),
    (r"AADSTS(65001|65004|70011)|consent|unauthorized_client|invalid_scope|access_denied", CONSENT),
    (r"invalid_grant|interaction_required|login_required|AADSTS(50076|50173|70008|700082|50078)", CONNECT),
)


def endpoints(client: Client) -> Endpoints:
    """Those of a known provider, else what was entered."""
    if client.provider not in _PLACES:
        return Endpoints(client.authorize_url, client.token_url, client.scope)
    authorize, token, scope = _PLACES[client.provider]
    tenant = quote(client.tenant.strip() or "organizations", safe="")
    if client.sends_only:
        scope = _SENDING.get(client.provider, scope)
    if client.provider == MICROSOFT and client.grant == CLIENT:
        scope = _MICROSOFT_OWN
    return Endpoints(authorize.format(tenant=tenant), token.format(tenant=tenant), client.scope or scope)


def is_safe_place(url: str) -> bool:
    """Secrets travel encrypted, or within this machine."""
    parts = urlsplit(url)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def consent_address(client: Client, *, back: str, state: str, verifier: str, user: str) -> str:
    """Where a person is sent to allow access (code flow with PKCE, RFC 7636)."""
    place = endpoints(client)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    values = {
        "client_id": client.client_id,
        "response_type": "code",
        "redirect_uri": back,
        "scope": place.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": user,
    }
    if client.provider == GOOGLE:
        values |= {"access_type": "offline", "prompt": "consent"}
    return f"{place.authorize}{'&' if '?' in place.authorize else '?'}{urlencode(values)}"


def code_request(client: Client, *, code: str, back: str, verifier: str) -> dict[str, str]:
    """The form that turns the code of a consent into tokens."""
    own = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    return own | _identity(client)


def token_request(client: Client, refresh_token: str) -> dict[str, str]:
    """The form that asks for a new access token."""
    scope = endpoints(client).scope
    if client.grant == CLIENT:
        own = {"grant_type": "client_credentials", "scope": scope}
    else:
        own = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if client.provider == MICROSOFT:
            own["scope"] = scope
    return own | _identity(client)


def _identity(client: Client) -> dict[str, str]:
    secret = {"client_secret": client.secret} if client.secret else {}
    return {"client_id": client.client_id} | secret


def read_answer(status: int, body: bytes) -> Tokens:
    """The tokens of an answer. Raises `Refused`, with the provider's words and what they ask for."""
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Refused(f"{status}: no answer of a token server", OTHER)
    access = data.get("access_token")
    if status != 200 or not isinstance(access, str) or not access:
        words = " ".join(f"{data.get('error', status)}: {data.get('error_description', '')}".split())
        raise Refused(words.strip(": ")[:400], remedy_for(words))
    try:
        seconds = int(data.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600
    refresh = data.get("refresh_token")
    return Tokens(access, max(60, min(seconds, LONGEST)), refresh if isinstance(refresh, str) else "")


def remedy_for(words: str) -> str:
    """What a refusal asks for."""
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, words, re.IGNORECASE):
            return remedy
    return OTHER


def xoauth2(user: str, token: str) -> str:
    """The initial response of XOAUTH2, as Microsoft and Google document it."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def oauthbearer(user: str, token: str) -> str:
    """The initial response of OAUTHBEARER (RFC 7628)."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01auth=Bearer {token}\x01\x01"
