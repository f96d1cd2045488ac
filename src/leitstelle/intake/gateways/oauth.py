"""Asks the provider of a mailbox, or of the house's account, for tokens, before the one there is runs out."""

import http.client
import logging
import ssl
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils import timezone

from leitstelle.intake.actions.oauth import client_of, keep_tokens, note_refusal
from leitstelle.intake.choices import OAuthGrant
from leitstelle.intake.models import Mailbox, MailOAuth
from leitstelle.intake.rules.mail.oauth import (
    CONNECT,
    OTHER,
    Refused,
    Tokens,
    code_request,
    endpoints,
    is_safe_place,
    read_answer,
    token_request,
)
from leitstelle.kernel.mail.transports import NoToken

logger = logging.getLogger("leitstelle.intake")

TIMEOUT = 20.0
LARGEST = 200_000
# A token is renewed this long before its end, so that none runs out between two steps.
EARLY = timedelta(minutes=5)


def access_token(box: Mailbox | None, *, fresh: bool = False) -> str:
    """A token that is good for some minutes; `fresh` asks for a new one whatever is there.

    Without a mailbox it is that of the house's account for outgoing mail. Raises `NoToken`.
    """
    row = MailOAuth.objects.filter(mailbox=box).first()
    if row is None:
        raise NoToken(f"OAuth2 is not set up for this {'mailbox' if box else 'account'}", CONNECT)
    now = timezone.now()
    if not fresh and row.access_token and row.expires_at is not None and row.expires_at - now > EARLY:
        return str(row.access_token)
    try:
        tokens = _renewed(row)
    except Refused as refused:
        note_refusal(row, str(refused))
        raise NoToken(str(refused), refused.remedy) from None
    keep_tokens(row, tokens, now=now)
    return tokens.access


def _renewed(row: MailOAuth) -> Tokens:
    client = client_of(row)
    if row.grant == OAuthGrant.REFRESH and not row.refresh_token:
        raise Refused("nobody has allowed access yet", CONNECT)
    return _post(endpoints(client).token, token_request(client, str(row.refresh_token)))


def house_token(fresh: bool) -> str:
    """A token of the house's account for outgoing mail. Raises `NoToken`."""
    return access_token(None, fresh=fresh)


def redeem(row: MailOAuth, *, code: str, back: str, verifier: str) -> Tokens:
    """The tokens for the code of a consent. Raises `NoToken`."""
    client = client_of(row)
    try:
        return _post(endpoints(client).token, code_request(client, code=code, back=back, verifier=verifier))
    except Refused as refused:
        note_refusal(row, str(refused))
        raise NoToken(str(refused), refused.remedy) from None


def _post(url: str, values: dict[str, str]) -> Tokens:
    """One request, no redirects, a bounded answer. Raises `Refused`."""
    if not is_safe_place(url):
        raise Refused("the address of the token server is not https", OTHER)
    parts = urlsplit(url)
    connection = _connection(parts)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        connection.request("POST", parts._replace(scheme="", netloc="").geturl(), urlencode(values), headers)
        answer = connection.getresponse()
        body = answer.read(LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"{parts.hostname}: {type(error).__name__}", OTHER) from None
    finally:
        connection.close()
    return read_answer(answer.status, body)


def _connection(parts: Any) -> http.client.HTTPConnection:
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            parts.hostname, parts.port or 443, timeout=TIMEOUT, context=context
        )
    return http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT)
