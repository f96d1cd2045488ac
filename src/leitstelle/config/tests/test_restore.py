"""`leitstelle restore` from the command line: into an empty place, over a desk that is there, and when it refuses.

Inside the test's process, on the database of the run. `test_restore_drill.py` does it with real processes.
"""

import json
import os
import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from leitstelle.config.backup import container, loading, reading
from leitstelle.config.backup.errors import BackupError
from leitstelle.config.backup.manifest import Column, Table
from leitstelle.config.backup.restoring import check_version
from leitstelle.config.cli import main
from leitstelle.config.tests.drill import mail
from leitstelle.config.tests.places import as_written_before, empty_place, rewrite
from leitstelle.intake.models import InboundMail
from leitstelle.intake.tasks import deliver
from leitstelle.intake.tests.factories import desk as make_mail_desk
from leitstelle.kernel.blobs import store
from leitstelle.kernel.db import is_postgres
from leitstelle.kernel.events import verify
from leitstelle.kernel.work import beats, drain
from leitstelle.kernel.work.models import WorkerBeat
from leitstelle.tickets.models import Ticket

DONE, WRONG, REFUSED = 0, 1, 2
MAILS = 2
LARGE = 48 * 1024 * 1024
PASSPHRASE = "korrekt-pferd-batterie"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    transactional_db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs `leitstelle …`; exit code, standard output and standard error."""
    monkeypatch.setenv("LEITSTELLE_DATA", os.environ["LEITSTELLE_DATA"])
    monkeypatch.setenv("LANG", "C")

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def archive(command: Command, tmp_path: Path) -> Path:
    """A backup of a small desk."""
    make_mail_desk(timezone.now())
    for number in range(MAILS):
        deliver(mail(number), "")
    drain()
    path = tmp_path / "desk.tar"
    code, _out, err = command("backup", str(path), "--json", "--quick")
    assert code == DONE, err
    return path


def restored(command: Command, archive: Path, into: Path, *words: str) -> dict[str, Any]:
    code, out, err = command("restore", str(archive), "--data", str(into), "--json", *words)
    assert code == DONE, err
    found: dict[str, Any] = json.loads(out)
    assert found["problems"] == []
    return found


def test_an_old_desk_is_kept_aside_by_force_only_and_never_while_it_works(
    command: Command, archive: Path, tmp_path: Path
) -> None:
    with empty_place(tmp_path / "place") as place:
        assert restored(command, archive, place)["aside"] == ""
        Ticket.objects.update(subject="Was seither geschah")
        words = "restore", str(archive), "--data", str(place)

        code, _out, err = command(*words)
        assert code == REFUSED
        assert "--force" in err

        now = timezone.now()
        WorkerBeat.objects.create(name=beats.new_name(), kind="worker", at=now, started_at=now, pid=1)
        code, _out, err = command(*words, "--force")
        assert code == REFUSED
        assert "at work" in err
        assert set(Ticket.objects.values_list("subject", flat=True)) == {"Was seither geschah"}

        WorkerBeat.objects.update(at=now - timedelta(minutes=1))
        found = restored(command, archive, place, "--force")
        assert found["tickets"] == Ticket.objects.count() == MAILS
        assert not Ticket.objects.filter(subject="Was seither geschah").exists()
        assert old_subjects(found["aside"], place) == {"Was seither geschah"}
        assert verify().problems == []
        [kept] = place.glob("before-restore-*")
        assert len(files_below(kept / "blobs")) == len(files_below(place / "blobs")) > MAILS
        assert not list(place.glob("restoring-*"))


def old_subjects(aside: str, place: Path) -> set[str]:
    """Subjects of the tickets of the desk that was set aside."""
    statement = "SELECT subject FROM tickets_ticket"
    if is_postgres():
        schema = aside.split(",")[0]
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("tickets_ticket", f"{schema}.tickets_ticket"))
            return {subject for (subject,) in cursor.fetchall()}
    assert str(place) in aside
    [file] = place.glob("before-restore-*/leitstelle.sqlite3")
    with closing(sqlite3.connect(file)) as old:
        return {subject for (subject,) in old.execute(statement)}


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and len(path.name) == 64]


def test_a_sealed_archive_needs_its_passphrase_and_brings_the_key(
    command: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text(PASSPHRASE)
    wrong.write_text(PASSPHRASE.upper())
    sealed = tmp_path / "desk.tar.sealed"
    assert command("backup", str(sealed), "--passphrase-file", str(right))[0] == DONE
    monkeypatch.delenv("SECRET_KEY")
    with empty_place(tmp_path / "place") as place:
        words = "restore", str(sealed), "--data", str(place)
        for more in ((), ("--passphrase-file", str(wrong)), ("--passphrase-file", str(tmp_path / "none"))):
            code, _out, err = command(*words, *more)
            assert code == REFUSED
            assert "passphrase" in err
            assert "Nothing was changed" in err
            assert list(place.iterdir()) == []
        assert restored(command, sealed, place, "--passphrase-file", str(right))["todo"] == []
        assert (place / "secret_key").read_text() == "tests only, never used anywhere else"
        assert (place / "secret_key").stat().st_mode & 0o077 == 0
        assert Ticket.objects.count() == MAILS


def test_without_the_key_it_is_refused_unless_asked_for(
    command: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "another one, of another machine, long enough")
    with empty_place(tmp_path / "place") as place:
        code, _out, err = command("restore", str(archive), "--data", str(place))
        assert code == REFUSED
        assert "SECRET_KEY" in err
        assert "--without-key" in err
        assert not (place / "leitstelle.sqlite3").exists()


def test_an_archive_of_an_older_version_is_migrated(command: Command, archive: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.tar"
    as_written_before(
        archive,
        old,
        ("accounts", "0003_merging_and_preferred_channel"),
        ("tickets", "0004_saved_views_and_bulk"),
        ("outbox", "0003_restore_mark"),
    )
    with empty_place(tmp_path / "place") as place:
        found = restored(command, old, place)
        assert "tickets_savedview" not in found["from"]["tables"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM tickets_savedview")
            cursor.execute("SELECT preferred_channel FROM accounts_person")
            assert {channel for (channel,) in cursor.fetchall()} == {""}
        assert Ticket.objects.count() == MAILS
        deliver(mail(99, "Nach dem Umstieg"), "")
        drain()
        assert Ticket.objects.filter(subject="Nach dem Umstieg").exists()


def test_a_large_file_is_never_in_memory_whole(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = store(b"0123456789abcdef" * (LARGE // 16), declared_type="application/octet-stream")
    right = tmp_path / "phrase"
    right.write_text(PASSPHRASE)
    path = tmp_path / "large.tar.sealed"
    tracemalloc.start()
    try:
        assert command("backup", str(path), "--passphrase-file", str(right))[0] == DONE
        monkeypatch.setattr(settings, "BLOB_ROOT", tmp_path / "unpacked")
        with reading.opened(path, PASSPHRASE.encode()) as (_file, source):
            for member in container.members(source):
                if found := reading.FILE.fullmatch(member.name):
                    loading.unpack_file(member, found[1])
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "unpacked" / blob.key).stat().st_size == LARGE
    assert peak < LARGE / 2


def test_a_newer_archive_is_refused(archive: Path) -> None:
    found = reading.manifest_of(reading.verify(archive))
    check_version(found)
    found.migrations.append(["tickets", "9999_of_tomorrow"])
    with pytest.raises(BackupError, match="9999_of_tomorrow"):
        check_version(found)


def test_characters_that_postgres_cannot_keep_are_replaced_and_told(
    command: Command, archive: Path, tmp_path: Path
) -> None:
    def spoil(table: Table, row: list[Any]) -> list[Any]:
        if table.name == "tickets_ticket":
            row[place_of(table.columns, "subject")] = "vorn\0hinten"
        if table.name == "intake_inboundmail":
            row[place_of(table.columns, "decisions")] = r'["a\u0000\ud800\\u0000"]'
        return row

    odd = tmp_path / "odd.tar"
    rewrite(archive, odd, spoil)
    with empty_place(tmp_path / "place") as place:
        code, out, err = command("restore", str(odd), "--data", str(place))
        assert code == DONE, err
        assert ("PostgreSQL cannot keep" in out) == is_postgres()
        subject = "vorn\ufffdhinten" if is_postgres() else "vorn\0hinten"
        assert set(Ticket.objects.values_list("subject", flat=True)) == {subject}
        decisions = "a\ufffd\ufffd\\u0000" if is_postgres() else "a\0\ud800\\u0000"
        assert InboundMail.objects.values_list("decisions", flat=True)[0] == [decisions]
        again = tmp_path / "again.tar"
        assert command("backup", str(again))[0] == DONE


def place_of(columns: list[Column], name: str) -> int:
    return [column.name for column in columns].index(name)
