"""Archives as bytes: what was written reads back, and whatever else somebody puts into one is refused."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.config.backup import container, keys, manifest, reading, sealing
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Column, Files, Manifest, RowSum, Table

ROWS = [b'[1,"Dr\xc3\xbccker"]', b"[2,null]"]
CONTENT = b"what somebody attached\n" * 50
NAME = hashlib.sha256(CONTENT).hexdigest()
PASSPHRASE = b"correct horse battery staple"


def members_of(rows: list[bytes] = ROWS, content: bytes = CONTENT) -> dict[str, bytes]:
    """A small valid archive as its members."""
    chunk = gzip.compress(b"\n".join(rows) + b"\n", mtime=0)
    head, place = b'{"leitstelle archive": 1}\n', "tables/tickets_ticket/000000.jsonl.gz"
    total = RowSum()
    for row in rows:
        total.add(row)
    columns = [Column("id", "BigAutoField"), Column("subject", "CharField")]
    lines = hashlib.sha256(reading.file_line(NAME, len(content)))
    found = Manifest(
        format=1,
        version="0.1.0",
        database="sqlite",
        created_at="2026-11-22T03:00:00.000000+00:00",
        migrations=[["tickets", "0001_initial"]],
        tables=[Table("tickets_ticket", columns, total.rows, total.bytes, total.digest)],
        files=Files(1, len(content), lines.hexdigest()),
        members={manifest.HEAD: hashlib.sha256(head).hexdigest(), place: hashlib.sha256(chunk).hexdigest()},
        key="0123456789abcdef",
        encryption_keys=[],
        includes_keys=False,
        journal={},
    )
    raw = found.to_bytes()
    digest = hashlib.sha256(raw).hexdigest().encode() + b"\n"
    return {manifest.HEAD: head, place: chunk, f"files/{NAME}": content} | {
        manifest.MANIFEST: raw,
        manifest.MANIFEST_DIGEST: digest,
    }


def pack(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = container.Writer(out, 0)
    for name, data in members.items():
        writer.add(name, data)
    writer.finish()
    return out.getvalue()


def verify(tmp_path: Path, raw: bytes, passphrase: bytes | None = None) -> reading.Seen:
    path = tmp_path / "archive.tar"
    path.write_bytes(raw)
    return reading.verify(path, passphrase)


def test_a_whole_archive_reads_back_and_any_tar_program_lists_it(tmp_path: Path) -> None:
    raw = pack(members_of())
    seen = verify(tmp_path, raw)
    assert reading.manifest_of(seen).rows == 2
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        assert archive.getnames() == list(members_of())


def test_an_archive_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    raw = pack(members_of())
    for length in range(0, len(raw), 512):
        with pytest.raises(Damaged):
            verify(tmp_path, raw[:length])


def test_a_changed_byte_is_noticed_wherever_it_matters(tmp_path: Path) -> None:
    raw = pack(members_of())
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        places = [(info.offset_data + info.size // 2) for info in archive]
    for place in places:
        broken = bytearray(raw)
        broken[place] ^= 0x01
        with pytest.raises(BackupError):
            verify(tmp_path, bytes(broken))


def _without_manifest(members: dict[str, bytes]) -> None:
    del members[manifest.MANIFEST], members[manifest.MANIFEST_DIGEST]


def _another_file(members: dict[str, bytes]) -> None:
    members[f"files/{'f' * 64}"] = b"stray"


def _lying_manifest(members: dict[str, bytes]) -> None:
    data = json.loads(members[manifest.MANIFEST])
    data["tables"][0]["rows"] = 3
    _put_manifest(members, data)


def _statement_as_name(members: dict[str, bytes]) -> None:
    data = json.loads(members[manifest.MANIFEST])
    data["tables"][0]["columns"][0]["name"] = 'id") SELECT 1; --'
    _put_manifest(members, data)


def _nested_manifest(members: dict[str, bytes]) -> None:
    members[manifest.MANIFEST] = b"[" * 100_000
    members[manifest.MANIFEST_DIGEST] = hashlib.sha256(members[manifest.MANIFEST]).hexdigest().encode()


def _put_manifest(members: dict[str, bytes], data: object) -> None:
    members[manifest.MANIFEST] = json.dumps(data).encode()
    members[manifest.MANIFEST_DIGEST] = hashlib.sha256(members[manifest.MANIFEST]).hexdigest().encode()


def _climbing(members: dict[str, bytes]) -> None:
    members["../../etc/cron.d/evil"] = b"x"


def _absolute(members: dict[str, bytes]) -> None:
    members["/etc/passwd"] = b"x"


def _newer_format(members: dict[str, bytes]) -> None:
    members[manifest.HEAD] = b'{"leitstelle archive": 2}\n'


@pytest.mark.parametrize(
    "spoil",
    [
        _without_manifest,
        _another_file,
        _lying_manifest,
        _statement_as_name,
        _nested_manifest,
        _climbing,
        _absolute,
        _newer_format,
    ],
)
def test_what_leitstelle_never_writes_is_refused(
    tmp_path: Path, spoil: Callable[[dict[str, bytes]], None]
) -> None:
    members = members_of()
    spoil(members)
    with pytest.raises(BackupError):
        verify(tmp_path, pack(members))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.XHDTYPE, tarfile.CHRTYPE]
)
def test_links_devices_and_extension_headers_are_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo(manifest.HEAD)
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(Damaged):
        verify(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + pack(members_of()))


def test_a_table_that_unpacks_without_end_stops_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 1000)
    monkeypatch.setattr(reading, "PACKED_LIMIT", 100_000)
    bomb = gzip.compress(b"[0]\n" * 1_000_000)
    with pytest.raises(Damaged):
        list(reading.lines(bomb))
    with pytest.raises(Damaged):
        list(reading.lines(gzip.compress(b"x" * 10_000)))


def test_something_behind_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        verify(tmp_path, pack(members_of()) + b"more")


# --- under a passphrase ----------------------------------------------------------------------------------------


def seal(data: bytes, pieces: int = 1) -> bytes:
    out = io.BytesIO()
    writer = sealing.SealingWriter(out, PASSPHRASE)
    for start in range(0, len(data), max(1, len(data) // pieces)):
        writer.write(data[start : start + max(1, len(data) // pieces)])
    writer.finish()
    return out.getvalue()


def test_a_sealed_archive_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    sealed = seal(pack(members_of()), 7)
    assert b"tickets_ticket" not in sealed
    assert reading.manifest_of(verify(tmp_path, sealed, PASSPHRASE)).rows == 2
    for wrong in (None, b"correct horse battery stable"):
        with pytest.raises(BackupError):
            verify(tmp_path, sealed, wrong)


@pytest.mark.parametrize(
    "size", [0, 1, sealing.BLOCK - 1, sealing.BLOCK, sealing.BLOCK + 1, 3 * sealing.BLOCK]
)
def test_sealing_keeps_every_length(size: int) -> None:
    data = b"\x00\x01" * (size // 2) + b"\x02" * (size % 2)
    reader = sealing.UnsealingReader(io.BytesIO(seal(data, 3)), PASSPHRASE)
    assert b"".join(iter(lambda: reader.read(300_000), b"")) == data


def test_sealed_blocks_can_neither_be_left_out_nor_swapped() -> None:
    head = len(sealing.MAGIC) + 23
    sealed, block = seal(b"x" * (3 * sealing.BLOCK)), sealing.BLOCK + 16
    for changed in (
        sealed[: head + block] + sealed[head + 2 * block :],
        sealed[: head + 2 * block],
        sealed[:head]
        + sealed[head + block : head + 2 * block]
        + sealed[head : head + block]
        + sealed[head + 2 * block :],
    ):
        reader = sealing.UnsealingReader(io.BytesIO(changed), PASSPHRASE)
        with pytest.raises(BackupError):
            list(iter(partial(reader.read, sealing.BLOCK), b""))


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BackupError):
        sealing.read_passphrase("kurz\n")
    assert sealing.read_passphrase("lang genug\nzweite Zeile") == b"lang genug"


# --- sums and keys ---------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=20)))
def test_the_sum_of_rows_does_not_depend_on_their_order(rows: list[bytes]) -> None:
    there, back = RowSum(), RowSum()
    for row in rows:
        there.add(row)
    for row in reversed(rows):
        back.add(row)
    assert (there.rows, there.digest) == (back.rows, back.digest)


def test_a_row_that_comes_twice_changes_the_sum() -> None:
    once, twice = RowSum(), RowSum()
    once.add(b"[1]")
    twice.add(b"[1]")
    twice.add(b"[1]")
    assert once.digest != twice.digest


def test_keys_are_recognised_by_marks_that_open_nothing() -> None:
    found = manifest.parse(members_of()[manifest.MANIFEST])
    found.key, found.encryption_keys = keys.mark("secret"), [keys.mark("one")]
    assert keys.missing(found, keys.Keys("secret", ("one", "two"))) == []
    assert keys.missing(found, keys.Keys("other", ())) == ["SECRET_KEY", "LEITSTELLE_ENCRYPTION_KEYS"]
    assert keys.missing(found, None) == ["SECRET_KEY", "LEITSTELLE_ENCRYPTION_KEYS"]
    assert "secret" not in keys.mark("secret")
