"""Every environment variable Leitstelle reads, in one table: name, default, meaning and how the text is understood.

Owns reading `os.environ`. Leaves what the values do to `settings` and the command line. `docs/configuration.md` is
generated from this table; a test compares both. Imports nothing of Django, so that fast commands may use it.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

TRUE = frozenset({"1", "true", "yes", "on", "ja"})
FALSE = frozenset({"0", "false", "no", "off", "nein", ""})
SIZE_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


class ConfigurationError(Exception):
    """An environment variable has a value that cannot be used; the text names the variable, never its value."""


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


@dataclass(frozen=True)
class FileBucket:
    """Where files lie, and with which key; `endpoint` empty: Amazon's for the region."""

    bucket: str
    folder: str
    endpoint: str
    region: str
    path_style: bool
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def file_bucket(environ: Mapping[str, str] | None = None) -> FileBucket | None:
    """The bucket of LEITSTELLE_S3_…; None where none is named. Raises ConfigurationError without a key."""
    found = read("LEITSTELLE_S3_BUCKET", environ)
    if found is None:
        return None
    access, secret = (read(f"LEITSTELLE_S3_{name}_KEY", environ) for name in ("ACCESS", "SECRET"))
    if not access or not secret:
        raise ConfigurationError(
            "LEITSTELLE_S3_BUCKET needs LEITSTELLE_S3_ACCESS_KEY and LEITSTELLE_S3_SECRET_KEY"
        )
    return FileBucket(
        bucket=found[0],
        folder=found[1],
        endpoint=read("LEITSTELLE_S3_ENDPOINT", environ),
        region=read("LEITSTELLE_S3_REGION", environ),
        path_style=read("LEITSTELLE_S3_PATH_STYLE", environ),
        access_key=access,
        secret_key=secret,
    )


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


@dataclass(frozen=True)
class Variable:
    """One row of the table. `secret` values are never printed."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], Any]
    secret: bool = False

    def read(self, environ: Mapping[str, str] | None = None) -> Any:
        """The parsed value; raises ConfigurationError when it cannot be understood."""
        source = os.environ if environ is None else environ
        try:
            return self.parse(source.get(self.name, self.default))
        except ValueError as error:
            detail = "" if self.secret else f" ({error})"
            raise ConfigurationError(f"{self.name} cannot be understood{detail}: {self.meaning}") from None


TABLE: tuple[Variable, ...] = (
    Variable("LEITSTELLE_PORT", "8000", "TCP port of the web server; 0 takes any free one.", port),
    Variable(
        "LEITSTELLE_HOST",
        "",
        "Address the web server listens on. Empty: 127.0.0.1 in demo mode, otherwise 0.0.0.0.",
        text,
    ),
    Variable(
        "LEITSTELLE_DATA",
        "./var",
        "Directory of everything that must be kept: SQLite database, files, secret key.",
        directory,
    ),
    Variable(
        "DATABASE_URL",
        "",
        "PostgreSQL as postgresql://user:password@host:5432/name. Empty: SQLite in the data directory.",
        database,
        secret=True,
    ),
    Variable(
        "SECRET_KEY",
        "",
        "Key that signs sessions and links. Empty: `leitstelle up` makes one and keeps it in the data directory, "
        "readable by its owner only.",
        text,
        secret=True,
    ),
    Variable(
        "LEITSTELLE_ENCRYPTION_KEYS",
        "",
        "Keys that encrypt stored secrets (mailbox passwords), separated by commas; the first encrypts, all decrypt. "
        "Empty: derived from SECRET_KEY.",
        names,
        secret=True,
    ),
    Variable(
        "LEITSTELLE_DEMO",
        "0",
        "1 loads the demo company on the first start and offers its sign-ins. Never use it with real data.",
        boolean,
    ),
    Variable(
        "LEITSTELLE_BASE_URL",
        "",
        "Address people use, such as https://desk.example.org: written into mails and trusted for forms. "
        "Empty: the address the server listens on.",
        web_address,
    ),
    Variable(
        "LEITSTELLE_ALLOWED_HOSTS",
        "",
        "Host names the server answers for, separated by commas. Empty: the host of the base address and this "
        "machine's own names; `*` allows all.",
        names,
    ),
    Variable(
        "LEITSTELLE_TRUSTED_PROXY",
        "0",
        "1 when a reverse proxy in front sets X-Forwarded-For and X-Forwarded-Proto and nobody can go around it.",
        boolean,
    ),
    Variable(
        "LEITSTELLE_SMTP_URL",
        "",
        "Server for outgoing mail: smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]. "
        "Empty: mail is held until one is configured.",
        smtp_address,
        secret=True,
    ),
    Variable(
        "LEITSTELLE_MAIL_FROM",
        "",
        "Sender address of mail that belongs to no mailbox (sign-in, password). Empty: support@ and the host of the "
        "base address.",
        text,
    ),
    Variable(
        "LEITSTELLE_WEBHOOK_NETWORKS",
        "",
        "Networks of one's own that webhooks may call, such as 10.1.0.0/16, separated by commas. Empty: public "
        "addresses only.",
        networks,
    ),
    Variable(
        "LEITSTELLE_LMTP",
        "",
        "Port, or host:port, where `leitstelle up` takes mail by LMTP, such as 127.0.0.1:8024. Empty: it does not.",
        listening,
    ),
    Variable(
        "LEITSTELLE_TIME_ZONE", "Europe/Berlin", "Time zone of people who have not chosen one.", time_zone
    ),
    Variable("LEITSTELLE_LANGUAGE", "de", "Language of people who have not chosen one: de or en.", language),
    Variable(
        "LEITSTELLE_CLAMD",
        "",
        "Virus scanner (clamd): host:port, or the path of its socket. Empty: files are not scanned.",
        text,
    ),
    Variable(
        "LEITSTELLE_S3_BUCKET",
        "",
        "Bucket of an S3-compatible server that keeps the files, or bucket/folder. Empty: files stay in the data "
        "directory.",
        bucket,
    ),
    Variable(
        "LEITSTELLE_S3_ENDPOINT",
        "",
        "Address of that server, such as https://s3.example.org. Empty: Amazon's for the region.",
        web_address,
    ),
    Variable(
        "LEITSTELLE_S3_REGION", "us-east-1", "Region of the bucket; most servers of one's own take any.", text
    ),
    Variable("LEITSTELLE_S3_ACCESS_KEY", "", "Id of the key for the bucket.", text, secret=True),
    Variable("LEITSTELLE_S3_SECRET_KEY", "", "Secret of the key for the bucket.", text, secret=True),
    Variable(
        "LEITSTELLE_S3_PATH_STYLE",
        "1",
        "1: the bucket stands in the path of the address, as servers of one's own want it; 0: in the host's name.",
        boolean,
    ),
    Variable(
        "LEITSTELLE_UNDO_SECONDS",
        "10",
        "How long an answer can be undone in the workspace before it is sent, in seconds; 0: it is sent at once.",
        seconds,
    ),
    Variable("LEITSTELLE_MAX_UPLOAD", "25M", "Largest attachment in bytes; K, M, G multiply by 1024.", size),
    Variable(
        "LEITSTELLE_WEB_PROCESSES",
        "1",
        "Web processes under the supervisor; more than one needs PostgreSQL to gain anything.",
        positive,
    ),
    Variable(
        "LEITSTELLE_BACKUP_DIR",
        "",
        "Directory for backups, best on another disk; set, the worker makes one every night. Empty: none by itself, "
        "and `leitstelle backup` writes into `backups` of the data directory.",
        optional_directory,
    ),
    Variable(
        "LEITSTELLE_BACKUP_KEEP",
        "7/4/12",
        "How many daily, weekly and monthly backups are kept in that directory.",
        retention,
    ),
    Variable(
        "LEITSTELLE_BACKUP_PASSPHRASE_FILE",
        "",
        "File with the passphrase that seals the nightly backups; they then hold the keys too.",
        optional_directory,
    ),
    Variable(
        "LEITSTELLE_MEASURE",
        "0",
        "1 adds to each answer how long it took and how many statements it needed. Set by `leitstelle bench`.",
        boolean,
    ),
    Variable(
        "LEITSTELLE_INIT_PASSWORD",
        "",
        "Password of the first administrator, read by `leitstelle init` alone where neither a terminal nor a file "
        "gives one.",
        str,
        secret=True,
    ),
    Variable("LEITSTELLE_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.", text),
    Variable("LEITSTELLE_DEBUG", "0", "1 shows error pages with source code. For developers only.", boolean),
)

BY_NAME = {variable.name: variable for variable in TABLE}


def read(name: str, environ: Mapping[str, str] | None = None) -> Any:
    """The parsed value of a variable of the table; KeyError for a name that is not in it."""
    return BY_NAME[name].read(environ)


def documentation() -> str:
    """The table as Markdown, for `docs/configuration.md`."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    rows += [f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.meaning} |" for v in TABLE]
    return "\n".join(rows) + "\n"
