"""Every environment variable Leitstelle reads, in one table: name, default, meaning and how the text is understood.

Owns reading `os.environ`. Leaves what texts mean to `env_values`, and what the values do to `settings` and the command
line. `docs/configuration.md` is generated from this table; a test compares both. Imports nothing of Django, so that
fast commands may use it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leitstelle.config.env_values import (
    boolean,
    bucket,
    database,
    directory,
    language,
    listening,
    names,
    networks,
    optional_directory,
    port,
    positive,
    retention,
    seconds,
    size,
    smtp_address,
    text,
    time_zone,
    web_address,
)


class ConfigurationError(Exception):
    """An environment variable has a value that cannot be used; the text names the variable, never its value."""


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
