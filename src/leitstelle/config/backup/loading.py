"""Rows and files of an archive into the tables and the folder that are being filled.

The archive is read a second time here, and every digest is compared again: what goes in is what was verified.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from leitstelle.config.backup import portable, reading
from leitstelle.config.backup.container import Member, Source, members
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Manifest, RowSum, Table
from leitstelle.config.texts import _
from leitstelle.kernel.db import Snapshot, is_postgres
from leitstelle.kernel.db.refilling import fill_table

Progress = Callable[[str, int, int], None]


@dataclass
class Replaced:
    """Rows with characters that this database cannot keep: how many, and what that makes of their table's digest."""

    rows: int = 0
    sums: dict[str, RowSum] = field(default_factory=lambda: defaultdict(RowSum))


def load(source: Source, manifest: Manifest, progress: Progress) -> Replaced:
    """Fill the tables and unpack the files. Raises Damaged where the archive is no longer what was verified."""
    tables = {table.name: table for table in manifest.tables}
    total, done, replaced = manifest.rows + manifest.files.count, 0, Replaced()
    for member in members(source):
        if found := reading.TABLE.fullmatch(member.name):
            done += _load_chunk(member, tables[found[1]], manifest, replaced)
        elif found := reading.FILE.fullmatch(member.name):
            unpack_file(member, found[1])
            done += 1
        progress("copy", done, total)
    return replaced


def _load_chunk(member: Member, table: Table, manifest: Manifest, replaced: Replaced) -> int:
    packed = member.whole(reading.PACKED_LIMIT)
    if hashlib.sha256(packed).hexdigest() != manifest.members.get(member.name):
        raise Damaged(_("The archive changed while it was read."))
    fields = [portable.plain_field(column) for column in table.columns]
    loaded = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal loaded
        for row in _rows(packed, table, replaced):
            loaded += 1
            yield row

    fill_table(table.name, fields, counted())
    return loaded


def _rows(packed: bytes, table: Table, replaced: Replaced) -> Iterator[list[Any]]:
    """The rows of a chunk, one in memory at a time, as this database can keep them."""
    decode, encode = portable.decoder(table.columns), portable.encoder(table.columns)
    keeps_all = not is_postgres()
    for line in reading.lines(packed):
        row = decode(line)
        if not keeps_all and portable.may_be_odd(line):
            row = portable.without_odd(row, table.columns)
            if (kept := encode(tuple(row))) != line:
                replaced.rows += 1
                replaced.sums[table.name].swap(line, kept)
        yield row


def unpack_file(member: Member, name: str) -> None:
    """Write a file to the place that its own digest gives; nothing in the archive names a path. Raises Damaged."""
    folder: Path = settings.BLOB_ROOT / name[:2] / name[2:4]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in member.chunks():
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != name:
        raise Damaged(_("The archive changed while it was read."))


def compare(manifest: Manifest, replaced: Mapping[str, RowSum], progress: Progress) -> None:
    """Read every row back and add up their digests: the database holds what the archive says, value for value.

    Raises BackupError for the first table that differs.
    """
    source = Snapshot(connections["default"])
    for number, table in enumerate(manifest.tables):
        progress("compare", number, len(manifest.tables))
        expected = table.digest if table.rows else RowSum().digest
        if table.name in replaced:
            expected = replaced[table.name].added_to(expected)
        if table_sum(source, table).digest != expected:
            text = _("The table %(name)s does not read back as it was written.")
            raise BackupError(text % {"name": table.name})


def table_sum(source: Snapshot, table: Table) -> RowSum:
    """Count and digest of a table as it is in the database."""
    total, encode = RowSum(), portable.encoder(table.columns)
    fields: list[Any] = [portable.plain_field(column) for column in table.columns]
    for row in source.rows(table.name, fields):
        total.add(encode(row))
    return total
