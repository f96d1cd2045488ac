"""What an archive says about itself: read strictly, because a stranger may have written it."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from leitstelle.config.backup.errors import Damaged
from leitstelle.config.texts import _

FORMAT = 1
HEAD, MANIFEST, MANIFEST_DIGEST, KEYS = "leitstelle.json", "manifest.json", "manifest.sha256", "keys.json"
LARGEST = 64 * 1024 * 1024
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MODULUS = 2**256


@dataclass(frozen=True)
class Column:
    """A column and its portable type: the name of Django's field class, for decimals with its places."""

    name: str
    type: str
    digits: int | None = None
    places: int | None = None


@dataclass
class Table:
    """One table. `digest` is the sum of the SHA-256 of all rows: the same in whatever order they come."""

    name: str
    columns: list[Column]
    rows: int = 0
    bytes: int = 0
    digest: str = ""
    # The last number handed out, so that a number once used is never given again.
    sequence: int | None = None


@dataclass
class Files:
    """All files: `digest` is over the lines "sha256 size" in the order of the digests."""

    count: int = 0
    bytes: int = 0
    digest: str = ""
    # What was gone or damaged on the disk when the backup was made.
    missing: list[str] = field(default_factory=list)


@dataclass
class Manifest:
    """The whole of it. `created_at` is UTC; `members` are SHA-256 of all but files, which are named by theirs."""

    format: int
    version: str
    database: str
    created_at: str
    migrations: list[list[str]]
    tables: list[Table]
    files: Files
    members: dict[str, str]
    # Of the keys: enough to recognise them, useless for opening anything.
    key: str
    encryption_keys: list[str]
    includes_keys: bool
    journal: dict[str, Any]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def table(self, name: str) -> Table | None:
        """The table of this name."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def moment(self) -> datetime:
        """When the snapshot was taken."""
        return datetime.fromisoformat(self.created_at)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


class RowSum:
    """Adds up digests of rows, whatever their order; a row is one line of canonical JSON."""

    def __init__(self) -> None:
        self.rows, self.bytes, self._sum = 0, 0, 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.bytes += len(line) + 1
        self._sum += _number(line)

    def swap(self, old: bytes, new: bytes) -> None:
        """Count a row that took another's place."""
        self._sum += _number(new) - _number(old)

    def added_to(self, digest: str) -> str:
        """This sum added to another one's digest."""
        return f"{(int(digest, 16) + self._sum) % _MODULUS:064x}"

    @property
    def digest(self) -> str:
        return f"{self._sum % _MODULUS:064x}"


def _number(line: bytes) -> int:
    return int.from_bytes(hashlib.sha256(line).digest(), "big")


def parse(raw: bytes) -> Manifest:
    """Read a manifest; raises Damaged for anything unexpected in it."""
    try:
        data = json.loads(raw)
        tables = [
            Table(**{**table, "columns": [Column(**column) for column in table["columns"]]})
            for table in data["tables"]
        ]
        manifest = Manifest(**{**data, "tables": tables, "files": Files(**data["files"])})
        _check(manifest)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        text = _("The manifest of the archive cannot be understood: %(reason)s")
        raise Damaged(text % {"reason": f"{type(error).__name__}: {error}"[:200]}) from None
    return manifest


def _check(manifest: Manifest) -> None:
    """Names become part of statements, so that only plain ones are let in."""
    names = [name for table in manifest.tables for name in (table.name, *(c.name for c in table.columns))]
    if wrong := [name for name in names if not _IDENTIFIER.fullmatch(name)]:
        raise ValueError(f"a table or column is called {wrong[0]!r}")
    if len({table.name for table in manifest.tables}) != len(manifest.tables):
        raise ValueError("a table comes twice")
    if not all(isinstance(number, int) for table in manifest.tables for number in (table.rows, table.bytes)):
        raise ValueError("a count is no number")
    if manifest.moment.tzinfo is None:
        raise ValueError("the time has no zone")
    if any(len(list(map(str.strip, row))) != 2 for row in manifest.migrations):
        raise ValueError("a migration has no name")
