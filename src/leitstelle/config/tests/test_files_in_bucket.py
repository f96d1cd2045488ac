"""A desk whose files lie in a bucket: mail while it is away, backup and restore, the command that moves, the doctor."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from leitstelle.accounts.tests.cast import make_administrator
from leitstelle.config.backup import writing
from leitstelle.config.backup.errors import BackupError
from leitstelle.config.backup.reading import verify
from leitstelle.config.cli import main
from leitstelle.config.doctor import services
from leitstelle.config.doctor.findings import Level
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.blobs import landing as landings
from leitstelle.kernel.blobs import read_blob, store
from leitstelle.kernel.blobs.landing import LINGER, forward_waiting, landing, release_forwarded
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.tests.s3_server import S3Server, free_port, s3_server
from leitstelle.kernel.work import drain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with s3_server(tmp_path / "s3") as running:
        settings.S3 = running.place()
        monkeypatch.setattr(landings, "_rest_until", 0.0)
        yield running


def only_in_the_bucket(root: Path) -> None:
    for blob in Blob.objects.all():
        os.utime(root / blob.key, (time.time() - LINGER - 60,) * 2)
    assert release_forwarded() == Blob.objects.count()


def test_mail_is_taken_and_processed_while_the_bucket_is_away(
    server: S3Server, settings: Settings, blob_root: Path
) -> None:
    box = desk()
    settings.S3 = server.place(port=free_port())
    accepted = accept_raw(box, mail(1), received_at=NOW, source="test", now=NOW)
    drain()
    done = InboundMail.objects.get(pk=accepted.pk)
    assert (done.state, done.ticket is not None) == ("processed", True)
    settings.S3 = server.place()
    assert forward_waiting() == Blob.objects.count()
    only_in_the_bucket(blob_root)
    assert read_blob(done.raw) == mail(1)


def test_mail_whose_source_is_only_in_a_bucket_that_is_away_waits_and_is_processed_later(
    server: S3Server, settings: Settings, blob_root: Path
) -> None:
    accepted = accept_raw(desk(), mail(1), received_at=NOW, source="test", now=NOW)
    only_in_the_bucket(blob_root)
    settings.S3 = server.place(port=free_port())
    drain(strict=False)
    assert InboundMail.objects.get(pk=accepted.pk).state == "accepted"
    settings.S3 = server.place()
    drain(now=datetime.now(UTC).replace(year=2027))
    assert InboundMail.objects.get(pk=accepted.pk).state == "processed"


def test_people_are_told_to_come_back_while_the_bucket_is_away(
    server: S3Server, settings: Settings, blob_root: Path, client: Client
) -> None:
    accepted = accept_raw(desk(), mail(1), received_at=NOW, source="test", now=NOW)
    drain()
    only_in_the_bucket(blob_root)
    client.force_login(make_administrator())
    source = reverse("intake:source", args=[accepted.public_id])
    assert client.get(source).getvalue() == mail(1)
    settings.S3 = server.place(port=free_port())
    answer = client.get(source)
    assert answer.status_code == 503
    assert "The store of files cannot be used right now" in answer.content.decode()


def test_a_backup_holds_what_is_only_in_the_bucket(server: S3Server, blob_root: Path, tmp_path: Path) -> None:
    large = store(os.urandom(9 * 1024 * 1024))
    store(b"small")
    only_in_the_bucket(blob_root)
    wish = writing.Wish(target=tmp_path / "backups", quick=True)
    (tmp_path / "backups").mkdir()
    made = writing.make(wish, datetime.now(UTC), lambda what, done, total: None)
    assert (made.manifest.files.count, made.manifest.files.missing) == (2, [])
    verify(made.path, None, lambda done, total: None)
    landing().bucket.remove(large.key)
    lacking = writing.make(wish, datetime(2027, 1, 1, tzinfo=UTC), lambda what, done, total: None)
    assert lacking.manifest.files.missing == [large.digest]


def test_a_backup_says_that_the_bucket_is_away(
    server: S3Server, settings: Settings, blob_root: Path, tmp_path: Path
) -> None:
    store(b"small")
    only_in_the_bucket(blob_root)
    settings.S3 = server.place(port=free_port())
    with pytest.raises(BackupError, match="store of files"):
        writing.make(
            writing.Wish(target=tmp_path / "b.tar"), datetime.now(UTC), lambda what, done, total: None
        )
    assert not list(tmp_path.glob("*.tar"))


def test_the_command_moves_and_says_what_is_wrong(
    server: S3Server, settings: Settings, blob_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, settings.S3 = settings.S3, None
    assert main(["files", "move", "--to", "s3"]) == 2
    blob = store(b"content")
    settings.S3 = place
    assert main(["files", "move", "--to", "s3"]) == 0
    assert "1 files copied (0.0 MB), 0 were there already." in capsys.readouterr().out
    (blob_root / blob.key).unlink()
    assert main(["files", "move", "--to", "disk"]) == 0
    assert (blob_root / blob.key).read_bytes() == b"content"
    (blob_root / blob.key).unlink()
    landing().bucket.remove(blob.key)
    assert main(["files", "move", "--to", "s3"]) == 1
    assert f"missing {blob.digest}" in capsys.readouterr().out
    settings.S3 = server.place(port=free_port())
    assert main(["files", "move", "--to", "s3"]) == 75
    assert "cannot be used" in capsys.readouterr().err


def test_the_doctor_tries_the_bucket(server: S3Server, settings: Settings, blob_root: Path) -> None:
    assert [finding.level for finding in services.files()] == [Level.OK]
    settings.S3 = server.place(secret="wrong")
    blob = store(b"content")
    waiting = blob_root / "waiting" / blob.digest
    os.utime(waiting, (time.time() - 3600,) * 2)
    assert [finding.level for finding in services.files()] == [Level.ERROR, Level.WARNING]
    settings.S3 = None
    assert [finding.level for finding in services.files()] == [Level.OK]
