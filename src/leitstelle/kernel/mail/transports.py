"""Which account sends: resolvers by prefix of the transport's name (`default`, `mailbox:3`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, kw_only=True)
class SmtpConfig:
    """How to reach a submission server. `timeout` in seconds; `local_hostname` is what EHLO says."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    verify_certificate: bool = True
    local_hostname: str = ""
    resend_unknown: bool = False


Resolver = Callable[[str], SmtpConfig | None]

_resolvers: dict[str, Resolver] = {}


def register_transport(prefix: str, resolver: Resolver) -> Resolver:
    """Let a domain say which account sends for transports named `prefix` or `prefix:key`.

    The resolver gets the key ("" without one) and returns `None` where nothing is configured: mail is then held.
    """
    _resolvers[prefix] = resolver
    return resolver


def _from_settings(key: str) -> SmtpConfig | None:
    """The account of the installation (`LEITSTELLE_SMTP_URL`)."""
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


register_transport("default", _from_settings)


def resolve_transport(transport: str) -> SmtpConfig | None:
    """The account for a transport's name, `None` where none is configured."""
    prefix, _, key = transport.partition(":")
    resolver = _resolvers.get(prefix)
    return resolver(key) if resolver else None
