"""Backups as the administrator and the night see them: asked for, under way, failed, thinned out, too old."""

import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.tests.cast import make_administrator
from leitstelle.config.backup import shelf, tasks
from leitstelle.config.doctor import Level, services
from leitstelle.kernel.work import schedules
from leitstelle.kernel.work.models import ScheduleRow, ScheduleState

pytestmark = pytest.mark.django_db
POLLS = 'hx-trigger="every 2s"'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEITSTELLE_BACKUP_DIR", str(tmp_path / "backups"))
    # Another test may have asked for a backup; the request is a file and outlives the transaction.
    shelf.take_request()
    return tmp_path / "backups"


@pytest.fixture
def admin() -> Client:
    client = Client()
    person = make_administrator()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(folder: Path, made: datetime, *, missing: int = 0) -> Path:
    """An archive that was verified when it was made."""
    folder.mkdir(exist_ok=True)
    path = folder / f"leitstelle-{made:%Y%m%dT%H%M%SZ}.tar"
    path.write_bytes(b"archive")
    at = made.isoformat()
    shelf._write(path, shelf.Note(at, 7, 1.0, "0.1.0", "sqlite", 1, 1, 1, missing, False, at))
    return path


def seen(admin: Client, *, fragment: bool = False) -> str:
    headers = {"HX-Request": "true"} if fragment else {}
    answer = admin.get(reverse("backup:backups"), headers=headers)
    assert answer.status_code == 200
    return answer.text


def row() -> ScheduleRow:
    return ScheduleRow.objects.get(name=tasks.NIGHTLY)


def run_schedule(now: datetime) -> bool:
    """What clock and worker do with the schedule."""
    assert tasks.NIGHTLY in schedules.make_ready(now, fence=1)
    ScheduleRow.objects.exclude(name=tasks.NIGHTLY).update(state=ScheduleState.IDLE)
    assert schedules.claim("worker", now) == tasks.NIGHTLY
    return schedules.run(tasks.NIGHTLY, "worker", now)


def test_a_backup_that_is_asked_for_is_made_at_once_and_the_page_follows(
    folder: Path, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    during: list[str] = []

    def make() -> bool:
        partial = folder / ".leitstelle-20261122T013000Z.tar.7.partial"
        partial.write_bytes(b"x" * 2_500_000)
        during.append(seen(admin, fragment=True))
        put(folder, timezone.now())
        partial.unlink()
        return True

    monkeypatch.setattr(tasks, "run_command", make)
    assert POLLS not in seen(admin)
    assert admin.post(reverse("backup:now")).status_code == 303
    waiting = seen(admin)
    assert "about to begin" in waiting
    assert POLLS in waiting
    assert row().next_due <= timezone.now()
    admin.post(reverse("backup:now"))

    assert run_schedule(timezone.now())
    assert "2.5\N{NO-BREAK SPACE}MB" in during[0]
    assert POLLS in during[0]
    assert "<html" not in during[0]
    assert POLLS not in seen(admin)
    assert "is recent and verified" in seen(admin)
    assert not shelf.is_requested()


def test_why_a_backup_failed_is_told_on_the_page_and_by_the_doctor(
    folder: Path, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = SimpleNamespace(returncode=2, stdout="", stderr="leitstelle backup: /mnt cannot be written: full")
    monkeypatch.setattr(subprocess, "run", lambda *words, **more: ended)
    admin.post(reverse("backup:now"))
    assert not run_schedule(timezone.now())
    assert "/mnt cannot be written: full" in seen(admin)
    assert [one for one in services.clock() if "/mnt cannot be written" in one.what]


def test_a_directory_that_cannot_be_written_is_told(
    admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LEITSTELLE_BACKUP_DIR", str(tmp_path / "file"))
    answer = admin.post(reverse("backup:now"), follow=True)
    assert "cannot be written" in answer.text
    assert not ScheduleRow.objects.filter(name=tasks.NIGHTLY, next_due__lte=timezone.now()).exists()


def test_the_night_keeps_to_the_directory_and_the_retention(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setenv("LEITSTELLE_BACKUP_KEEP", "2/0/0")
    made = [put(folder, now - timedelta(days=days)) for days in (3, 2, 1)]

    def make() -> bool:
        made.append(put(folder, now))
        return True

    monkeypatch.setattr(tasks, "run_command", make)
    tasks.nightly(now)
    assert [path.exists() for path in made] == [False, False, True, True]

    monkeypatch.delenv("LEITSTELLE_BACKUP_DIR")
    # Without the setting the directory is the one of the data, where a word of another test may lie.
    monkeypatch.setenv("LEITSTELLE_DATA", str(folder.parent / "data"))
    tasks.nightly(now)
    assert len(made) == 4


def test_an_incomplete_backup_is_kept_and_the_schedule_fails(
    folder: Path, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, timezone.now(), missing=2)
    monkeypatch.setattr(tasks, "run_command", lambda: False)
    with pytest.raises(tasks.BackupFailed):
        tasks.nightly(timezone.now())
    assert "files missing" in seen(admin)
    assert Level.ERROR in {one.level for one in services.backups()}


def test_the_command_runs_in_a_process_of_its_own_with_the_passphrase(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []
    monkeypatch.setenv("LEITSTELLE_BACKUP_PASSPHRASE_FILE", str(tmp_path / "phrase"))

    def run(words: list[str], **more: object) -> SimpleNamespace:
        given.append(words)
        return SimpleNamespace(returncode=1, stdout="{}", stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    assert not tasks.run_command()
    assert given[0][-4:] == ["backup", "--json", "--passphrase-file", str(tmp_path / "phrase")]


@pytest.mark.parametrize(
    ("hours", "level"), [(None, Level.WARNING), (30, Level.OK), (37, Level.WARNING), (24 * 9, Level.WARNING)]
)
def test_the_doctor_and_the_page_say_when_the_last_good_backup_is_too_old(
    folder: Path, admin: Client, hours: int | None, level: Level
) -> None:
    if hours is not None:
        put(folder, timezone.now() - timedelta(hours=hours))
    [found] = [one for one in services.backups() if one.code == "backup"]
    assert found.level is level
    assert ("is recent and verified" in seen(admin)) == (level is Level.OK)
    assert ("too old" in seen(admin)) == (hours in {37, 24 * 9})


def test_an_archive_that_was_never_read_back_counts_for_nothing(folder: Path, admin: Client) -> None:
    path = put(folder, timezone.now())
    os.truncate(path, 3)
    assert "changed since" in seen(admin)
    assert "There is no verified backup" in seen(admin)
