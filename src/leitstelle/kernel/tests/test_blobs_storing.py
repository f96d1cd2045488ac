"""Files: stored once, bounded, found again, cleaned up late enough."""

import os
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from leitstelle.kernel.blobs import FileTooLarge, open_blob, read_blob, store
from leitstelle.kernel.blobs.cleaning import check, clean
from leitstelle.kernel.blobs.landing import storage
from leitstelle.kernel.blobs.models import Blob

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=30)


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_the_same_content_is_stored_once(blob_root: Path) -> None:
    first, second = store(b"content"), store(BytesIO(b"content"))
    assert first.pk == second.pk
    assert [path.name for path in files(blob_root)] == [first.digest]
    assert read_blob(first) == b"content"
    with open_blob(first) as file:
        assert file.read(3) == b"con"
    assert files(blob_root)[0].relative_to(blob_root).as_posix() == first.key


def test_too_large_names_the_limit_and_leaves_nothing(blob_root: Path) -> None:
    with pytest.raises(FileTooLarge) as caught:
        store(BytesIO(b"x" * 2_000_000), max_bytes=1_500_000)
    assert caught.value.code == "file_too_large"
    assert caught.value.params["limit"] == 1_500_000
    assert "1.4 MB" in caught.value.message
    assert files(blob_root) == []
    assert Blob.objects.count() == 0
    assert store(b"x" * 10, max_bytes=10).size == 10


def test_a_source_that_fails_leaves_nothing(blob_root: Path) -> None:
    class Broken:
        def read(self, size: int = -1, /) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store(Broken())
    assert files(blob_root) == []


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n....", "text/html", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image/webp"),
        (b"%PDF-1.7\n", "image/png", "application/pdf"),
        (b"<html><script>alert(1)</script>", "text/html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml", "text/plain"),
        (b"a;b\n1;2\n", "text/csv; charset=utf-8", "text/csv"),
        (b"MZ\x90\x00", "image/png", "application/vnd.microsoft.portable-executable"),
        (
            b"PK\x03\x04....[Content_Types].xml word/document.xml",
            "",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"\x00\x01\x02", "image/png", "application/octet-stream"),
        (b"", "image/png", "application/octet-stream"),
    ],
)
def test_the_bytes_say_what_it_is(data: bytes, declared: str, expected: str) -> None:
    assert store(data, declared_type=declared).content_type == expected


def test_clean_up_waits_and_keeps_what_is_new(blob_root: Path) -> None:
    kept = store(b"kept")
    assert clean(NOW).rows == 0
    old = store(b"old")
    Blob.objects.filter(pk=old.pk).update(stored_at=NOW - timedelta(days=8))
    stray = blob_root / "ab" / "cd" / "abcd"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"stray")
    week_ago = time.time() - 8 * 86400
    for path in (stray, blob_root / old.key):
        os.utime(path, (week_ago, week_ago))
    done = clean(NOW)
    assert (done.rows, done.files) == (1, 2)
    assert read_blob(kept) == b"kept"
    assert not storage().exists(old.key)


def test_a_content_stored_again_survives_the_clean_up(blob_root: Path) -> None:
    blob = store(b"again")
    Blob.objects.filter(pk=blob.pk).update(stored_at=NOW - timedelta(days=8))
    week_ago = time.time() - 8 * 86400
    os.utime(blob_root / blob.key, (week_ago, week_ago))
    store(b"again")
    assert clean(NOW) == type(clean(NOW))()
    # Even where the row is not there yet, as in a transaction under way, the file was touched.
    Blob.objects.all().delete()
    assert clean(NOW).files == 0
    assert storage().exists(blob.key)


def test_check_finds_missing_and_damaged(blob_root: Path) -> None:
    missing, damaged = store(b"missing"), store(b"damaged")
    assert check(read=True).missing == []
    (blob_root / missing.key).unlink()
    (blob_root / damaged.key).write_bytes(b"other")
    found = check(read=True)
    assert (found.missing, found.damaged) == ([missing.digest], [damaged.digest])
    with pytest.raises(CommandError):
        call_command("blobs", "check", "--read", stdout=StringIO())
