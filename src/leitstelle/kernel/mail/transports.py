"""Which account sends: resolvers by prefix of the transport's name (`default`, `mailbox:3`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from leitstelle.kernel.mail.choices import AccountSignIn
from leitstelle.kernel.mail.models import OutgoingAccount


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class NoToken(OSError):
    """There is no token to sign in with; `remedy` is a code of what that asks for."""

    def __init__(self, words: str, remedy: str = "") -> None:
        super().__init__(words)
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class SmtpConfig:
    """How to reach a submission server. `timeout` in seconds; `local_hostname` is what EHLO says.

    With `token` the sign-in is XOAUTH2 or OAUTHBEARER: it is called for a token right before, and raises `NoToken`.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    timeout: float = 30.0
    verify_certificate: bool = True
    local_hostname: str = ""
    resend_unknown: bool = False


Resolver = Callable[[str], SmtpConfig | None]
# Gives a token that is good for some minutes; with `True` a new one whatever is there. Raises `NoToken`.
TokenGiver = Callable[[bool], str]

_resolvers: dict[str, Resolver] = {}
_givers: list[TokenGiver] = []


def register_transport(prefix: str, resolver: Resolver) -> Resolver:
    """Let a domain say which account sends for transports named `prefix` or `prefix:key`.

    The resolver gets the key ("" without one) and returns `None` where nothing is configured: mail is then held.
    """
    _resolvers[prefix] = resolver
    return resolver


def register_house_tokens(giver: TokenGiver) -> TokenGiver:
    """Let a domain give the tokens by which the account of the house signs in."""
    _givers[:] = [giver]
    return giver


def house_account(*, fresh_token: bool = False) -> SmtpConfig | None:
    """The account of the house: the one an administrator set up, else that of `LEITSTELLE_SMTP_URL`.

    With `fresh_token` a sign-in by token takes a new one: a test shows whether the provider still gives any.
    """
    row = OutgoingAccount.objects.first()
    return _from_settings() if row is None else config_of(row, fresh_token=fresh_token)


def config_of(row: OutgoingAccount, *, fresh_token: bool = False) -> SmtpConfig:
    """How to reach the server of a stored account."""
    by_token = row.auth == AccountSignIn.OAUTH2

    def token() -> str:
        if not _givers:
            raise NoToken("nothing gives tokens here")
        return _givers[0](fresh_token)

    return SmtpConfig(
        host=row.host,
        port=row.port,
        security=Security(row.security),
        username=row.username or (row.address if by_token else ""),
        password="" if by_token else str(row.password),
        token=token if by_token else None,
        verify_certificate=row.verify_certificate,
    )


def house_address() -> str:
    """The sender of mail that belongs to no mailbox."""
    row = OutgoingAccount.objects.defer("password").first()
    return (row.address if row else "") or str(settings.MAIL_FROM)


def _from_settings() -> SmtpConfig | None:
    address = settings.SMTP
    if address is None:
        return None
    return SmtpConfig(
        host=address.host,
        port=address.port,
        security=Security(address.security),
        username=address.user,
        password=address.password,
    )


register_transport("default", lambda key: house_account())


def resolve_transport(transport: str) -> SmtpConfig | None:
    """The account for a transport's name, `None` where none is configured."""
    prefix, _, key = transport.partition(":")
    resolver = _resolvers.get(prefix)
    return resolver(key) if resolver else None
