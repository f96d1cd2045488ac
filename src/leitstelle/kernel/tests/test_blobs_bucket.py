"""Files in a bucket: taken there after the commit, read back compared, and nothing lost while it cannot be reached."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from leitstelle.kernel.blobs import landing as landings
from leitstelle.kernel.blobs import open_blob, read_blob, response, store
from leitstelle.kernel.blobs.cleaning import check, clean
from leitstelle.kernel.blobs.errors import FileDamaged, FileStoreDown
from leitstelle.kernel.blobs.gateways.s3 import PART
from leitstelle.kernel.blobs.holding import free_to_clean
from leitstelle.kernel.blobs.landing import LINGER, forward_waiting, landing, release_forwarded
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.moving import to_bucket, to_disk
from leitstelle.kernel.tests.s3_server import S3Server, cut_wire, free_port, s3_server

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def server(running: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """An empty bucket that the desk uses."""
    settings.S3 = running.place()
    monkeypatch.setattr(landings, "_rest_until", 0.0)
    bucket = landing().bucket
    for key, _held in list(bucket.contents()):
        bucket.remove(key)
    return running


def age(root: Path, key: str, seconds: float) -> None:
    path = root / key
    os.utime(path, (time.time() - seconds,) * 2)


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


# --- there and back ---


def test_a_file_is_in_the_bucket_after_the_commit_and_not_before(server: S3Server, blob_root: Path) -> None:
    with transaction.atomic():
        blob = store(b"content")
        assert server.objects == {}
        assert [key for key, _since in landing().waiting()] == [blob.key]
        assert read_blob(blob) == b"content"
    assert server.objects == {blob.key: 7}
    assert landing().waiting() == []


def test_what_left_the_disk_is_read_from_the_bucket(server: S3Server, blob_root: Path) -> None:
    blob = store(b"content", declared_type="text/csv")
    assert release_forwarded() == 0, "whoever works on it soon finds it here"
    age(blob_root, blob.key, LINGER + 60)
    assert release_forwarded() == 1
    assert not (blob_root / blob.key).exists()
    assert read_blob(blob) == b"content"
    with open_blob(blob) as file:
        assert file.read(3) == b"con"
        assert os.fstat(file.fileno()).st_size == 7
    answer = response(blob, "list.csv")
    assert b"".join(answer.streaming_content) == b"content"  # type: ignore[arg-type]
    assert not [path for path in blob_root.rglob("*") if path.is_file() and path.name != "keep.lock"]


def test_a_large_file_goes_in_parts(server: S3Server, blob_root: Path) -> None:
    content = os.urandom(2 * PART + 12_345)
    blob = store(BytesIO(content))
    assert server.objects == {blob.key: len(content)}
    age(blob_root, blob.key, LINGER + 60)
    release_forwarded()
    with open_blob(blob) as file:
        assert file.read() == content


def test_a_folder_of_the_bucket_keeps_desks_apart(
    server: S3Server, blob_root: Path, settings: Settings
) -> None:
    settings.S3 = server.place(folder="desk/one")
    blob = store(b"content")
    assert server.objects == {f"desk/one/{blob.key}": 7}
    assert [key for key, _held in landing().bucket.contents()] == [blob.key]
    settings.S3 = server.place(folder="desk/two")
    assert not landing().bucket.head(blob.key)


# --- trouble ---


def test_without_the_bucket_files_wait_and_work_goes_on(
    server: S3Server, blob_root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.S3 = server.place(port=free_port())
    first = store(b"first")
    tried = time.monotonic()
    second = store(b"second")
    assert time.monotonic() - tried < 1, "the second does not wait for the bucket again"
    assert [read_blob(blob) for blob in (first, second)] == [b"first", b"second"]
    assert len(landing().waiting()) == 2
    with pytest.raises(FileStoreDown):
        forward_waiting()
    with pytest.raises(FileStoreDown):
        release_forwarded_after(blob_root, first)
    assert (blob_root / first.key).is_file()
    settings.S3 = server.place()
    assert forward_waiting() == 1
    release_forwarded()
    assert forward_waiting() == 1
    assert set(server.objects) == {first.key, second.key}
    assert landing().waiting() == []


def release_forwarded_after(root: Path, blob: Blob) -> None:
    (root / "waiting" / blob.digest).unlink()
    age(root, blob.key, LINGER + 60)
    release_forwarded()


def test_a_lost_mark_is_found_before_the_file_leaves_the_disk(server: S3Server, blob_root: Path) -> None:
    """As after a power cut, or a restore onto the disk."""
    blob = store(b"content")
    landing().bucket.remove(blob.key)
    age(blob_root, blob.key, LINGER + 60)
    assert release_forwarded() == 0
    assert forward_waiting() == 1
    assert server.objects == {blob.key: 7}


def test_a_wrong_key_is_said_and_nothing_is_lost(
    server: S3Server, blob_root: Path, settings: Settings
) -> None:
    settings.S3 = server.place(secret="wrong")
    blob = store(b"content")
    with pytest.raises(FileStoreDown, match="privileges|403|Forbidden"):
        forward_waiting()
    with pytest.raises(FileStoreDown) as caught:
        landing().bucket.try_out()
    assert "wrong" not in str(caught.value)
    assert read_blob(blob) == b"content"


def test_a_bucket_that_does_not_exist_is_said(server: S3Server, settings: Settings) -> None:
    settings.S3 = server.place(bucket="no-such-bucket")
    with pytest.raises(FileStoreDown):
        landing().bucket.try_out()
    settings.S3 = server.place()
    landing().bucket.try_out()
    assert server.objects == {}


def test_an_answer_that_breaks_off_is_taken_up_again_or_no_content(
    server: S3Server, blob_root: Path, settings: Settings
) -> None:
    content = os.urandom(400_000)
    blob = store(BytesIO(content))
    (blob_root / blob.key).unlink()
    with cut_wire(server.port, after=150_000) as port:
        settings.S3 = server.place(port=port)
        assert read_blob(blob) == content
    with cut_wire(server.port, after=700) as port:
        settings.S3 = server.place(port=port)
        with pytest.raises(FileStoreDown):
            read_blob(blob)
    settings.S3 = server.place()
    assert read_blob(blob) == content


def test_a_damaged_object_is_not_handed_out(server: S3Server, blob_root: Path) -> None:
    blob, lost = store(b"content"), store(b"lost")
    for each in (blob, lost):
        (blob_root / each.key).unlink()
    (server.root / "desk-files" / blob.key).write_bytes(b"c0ntent")
    landing().bucket.remove(lost.key)
    with pytest.raises(FileDamaged):
        read_blob(blob)
    with pytest.raises(FileNotFoundError):
        read_blob(lost)
    found = check(read=True)
    assert (found.damaged, found.missing) == ([blob.digest], [lost.digest])


# --- cleaning up and moving ---


def test_the_clean_up_removes_from_the_bucket_what_nobody_refers_to(
    server: S3Server, blob_root: Path
) -> None:
    blob = store(b"content")
    (server.root / "desk-files" / "somebody-else.txt").write_text("not ours")
    assert clean(NOW).files == 0
    done = clean(NOW + timedelta(days=30))
    assert (done.rows, done.files) == (1, 1)
    assert list(server.objects) == ["somebody-else.txt"]
    assert not (blob_root / blob.key).exists()


def test_a_file_is_not_taken_there_while_the_clean_up_runs(server: S3Server, blob_root: Path) -> None:
    with free_to_clean() as free:
        assert free
        blob = store(b"content")
        assert blob.key not in server.objects
    assert forward_waiting() == 1
    assert blob.key in server.objects


def test_an_old_object_is_written_anew_so_that_the_clean_up_spares_it(
    server: S3Server, blob_root: Path
) -> None:
    blob = store(b"content")
    path = server.root / "desk-files" / blob.key
    os.utime(path, (time.time() - 8 * 24 * 3600,) * 2)
    time.sleep(0.3)  # the server remembers for a moment what it saw
    store(b"content")
    held = landing().bucket.head(blob.key)
    assert held
    assert held.written > time.time() - 600


def test_moving_there_and_back_is_compared_and_begins_where_it_was_broken_off(
    server: S3Server, blob_root: Path, settings: Settings
) -> None:
    place, settings.S3 = settings.S3, None
    blobs = [store(b"%d" % number * 1000) for number in range(5)]
    settings.S3 = place
    damaged = blob_root / blobs[4].key
    damaged.write_bytes(b"x")
    first = to_bucket(landing(), silent)
    assert (first.copied, first.present, first.damaged) == (4, 0, [blobs[4].digest])
    again = to_bucket(landing(), silent, compare=False)
    assert (again.copied, again.present) == (0, 4)
    for blob in blobs:
        (blob_root / blob.key).unlink()
    (blob_root / blobs[0].key).write_bytes(b"short")
    back = to_disk(landing(), silent)
    assert (back.copied, back.present, back.missing) == (4, 0, [blobs[4].digest])
    settings.S3 = None
    assert [read_blob(blob) for blob in blobs[:4]] == [b"%d" % number * 1000 for number in range(4)]
