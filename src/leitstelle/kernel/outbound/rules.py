"""Which addresses may be called, and how a call proves where it comes from. Pure functions."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

LEAST_KEY = 16
# How long the key before goes on signing beside a new one.
OVERLAP = timedelta(days=7)
LONGEST_ADDRESS = 500
# Through these, an IPv6 address stands for an IPv4 one (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WrongAddress(ValueError):
    """The text is no address that can be called."""


@dataclass(frozen=True)
class Place:
    """An address taken apart. `path` has its query; `name` is what `Host` says."""

    secure: bool
    host: str
    port: int
    path: str
    name: str


def place_of(address: str) -> Place:
    """Take an http or https address apart. Raises `WrongAddress`: user names and fragments are refused as well."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or any(one <= " " for one in address):
        raise WrongAddress(address)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise WrongAddress(address) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise WrongAddress(address)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, parts.hostname, port or (443 if secure else 80), path, parts.netloc)


def may_call(address: str, networks: Iterable[Network] = ()) -> bool:
    """Whether an IP address may be called: public ones, and those of `networks`, which the house runs itself."""
    found = _meant(ipaddress.ip_address(address.partition("%")[0]))
    if any(found.version == one.version and found in one for one in networks):
        return True
    return found.is_global and not found.is_multicast


def _meant(address: Address) -> Address:
    """The IPv4 address behind an IPv6 one that only wraps it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_number(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def signatures(keys: Iterable[str], moment: int, body: bytes) -> str:
    """One proof for each key, separated by a space: while a key is changed, the other side may know either."""
    return " ".join(signature(key, moment, body) for key in keys)


def signature(key: str, moment: int, body: bytes) -> str:
    """The proof that a body was sent by whoever has the key at this moment (seconds since 1970)."""
    signed = str(moment).encode() + b"." + body
    return "sha256=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
