"""How the text of an environment variable is understood: ports, sizes, lists, addresses.

Each raises ValueError with what was expected. Imports nothing of Django, so that fast commands may use it.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

TRUE = frozenset({"1", "true", "yes", "on", "ja"})


FALSE = frozenset({"0", "false", "no", "off", "nein", ""})


SIZE_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def text(raw: str) -> str:
    """The value as written, without blanks around it."""
    return raw.strip()


def boolean(raw: str) -> bool:
    """True for 1/true/yes/on/ja, False for 0/false/no/off/nein or nothing; raises ValueError otherwise."""
    value = raw.strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ValueError("expected 1 or 0")


def port(raw: str) -> int:
    """A TCP port from 0 (any free one) to 65535."""
    number = int(raw)
    if not 0 <= number <= 65535:
        raise ValueError("expected a port from 0 to 65535")
    return number


def listening(raw: str) -> tuple[str, int] | None:
    """`port` or `host:port` (`[::1]:port`) to listen on, this machine alone without a host; nothing set gives None."""
    value = raw.strip()
    if not value:
        return None
    host, _, number = value.rpartition(":")
    return host.strip("[]") or "127.0.0.1", port(number)


def positive(raw: str) -> int:
    """A whole number greater than zero."""
    number = int(raw)
    if number < 1:
        raise ValueError("expected a whole number greater than zero")
    return number


def seconds(raw: str) -> int:
    """A whole number of seconds from 0 to 120."""
    number = int(raw)
    if not 0 <= number <= 120:
        raise ValueError("expected seconds from 0 to 120")
    return number


def size(raw: str) -> int:
    """A size in bytes; the suffixes K, M and G mean 1024, 1024² and 1024³."""
    value = raw.strip().upper().removesuffix("B")
    unit = value[-1:] if value[-1:] in "KMG" else ""
    return positive(value.removesuffix(unit)) * SIZE_UNITS[unit]


def names(raw: str) -> tuple[str, ...]:
    """A list separated by commas or blanks."""
    return tuple(raw.replace(",", " ").split())


Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(raw: str) -> Networks:
    """IP networks or single addresses, separated by commas or blanks."""
    return tuple(ip_network(name) for name in names(raw))


def directory(raw: str) -> Path:
    """An absolute path; `~` is the home directory, relative paths start at the current directory."""
    return Path(raw).expanduser().absolute()


def optional_directory(raw: str) -> Path | None:
    """Like `directory`; nothing set gives None."""
    return directory(raw) if raw.strip() else None


def retention(raw: str) -> tuple[int, int, int]:
    """Three whole numbers: how many daily, weekly and monthly backups are kept."""
    days, weeks, months = (int(part) for part in raw.replace("/", ",").split(","))
    if days < 1 or weeks < 0 or months < 0:
        raise ValueError("expected three numbers such as 7/4/12")
    return days, weeks, months


def time_zone(raw: str) -> str:
    """The name of an IANA time zone, for example Europe/Berlin."""
    if raw not in available_timezones():
        raise ValueError("expected an IANA time zone such as Europe/Berlin")
    return ZoneInfo(raw).key


def web_address(raw: str) -> str:
    """An http or https address without path and without a slash at the end; empty stays empty."""
    value = raw.strip().rstrip("/")
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ValueError("expected an address such as https://desk.example.org")
    return value


def language(raw: str) -> str:
    """`de` or `en`."""
    if raw not in {"de", "en"}:
        raise ValueError("expected de or en")
    return raw


@dataclass(frozen=True)
class SmtpAddress:
    """Where outgoing mail is handed over. `security` is "none", "starttls" or "tls"."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: str = "none"

    def __repr__(self) -> str:
        return f"SmtpAddress({self.host}:{self.port}, {self.security})"


SMTP_SCHEMES = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}


def smtp_address(raw: str) -> SmtpAddress | None:
    """`smtp://`, `smtp+starttls://` or `smtps://` [user:password@]host[:port]; nothing set gives None."""
    if not raw.strip():
        return None
    parts = urlsplit(raw.strip())
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname:
        raise ValueError("expected smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]")
    security, default_port = SMTP_SCHEMES[parts.scheme]
    return SmtpAddress(
        host=parts.hostname,
        port=parts.port or default_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
    )


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


_FOLDER = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


def bucket(raw: str) -> tuple[str, str] | None:
    """`bucket` or `bucket/folder`; nothing set gives None."""
    name, _, folder = raw.strip().strip("/").partition("/")
    if not name:
        return None
    if not _BUCKET.fullmatch(name) or (folder and not _FOLDER.fullmatch(folder)):
        raise ValueError("expected the name of a bucket, or bucket/folder")
    return name, folder


def database(raw: str) -> dict[str, Any] | None:
    """A PostgreSQL address as Django's connection settings; nothing set gives None (SQLite in the data directory)."""
    if not raw.strip():
        return None
    parts = urlsplit(raw.strip())
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("expected postgresql://[user[:password]@]host[:port]/name")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
