"""The directory of archives: which are kept, which are good, and what is never touched."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.config import env_values
from leitstelle.config.backup import shelf

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def test_a_year_of_nights_leaves_days_weeks_and_months() -> None:
    nights = [NOW - timedelta(days=days) for days in range(400)]
    kept = shelf.to_keep(nights, days=7, weeks=4, months=12)
    assert set(nights[:7]) <= kept
    assert len(kept) <= 7 + 4 + 12
    assert len({f"{night:%Y-%m}" for night in kept}) == 12


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1), st.integers(1, 9))
def test_the_newest_is_always_kept(made: list[datetime], days: int) -> None:
    assert max(made) in shelf.to_keep(made, days=days, weeks=0, months=0)


def put(folder: Path, made: datetime, *, verified: bool = True, noted: bool = True) -> Path:
    path = folder / f"leitstelle-{made:%Y%m%dT%H%M%SZ}.tar"
    path.write_bytes(b"archive")
    if noted:
        at = made.isoformat()
        note = shelf.Note(at, 7, 1.0, "0.1.0", "sqlite", 1, 1, 1, 0, False, at if verified else "")
        shelf._write(path, note)
    return path


def test_only_known_archives_older_than_a_good_one_are_removed(tmp_path: Path) -> None:
    foreign = put(tmp_path, NOW - timedelta(days=90), noted=False)
    failed = put(tmp_path, NOW - timedelta(days=40), verified=False)
    old, newer = put(tmp_path, NOW - timedelta(days=9)), put(tmp_path, NOW - timedelta(days=1))
    unread = put(tmp_path, NOW, verified=False)
    assert set(shelf.thin_out(days=1, weeks=0, months=0, folder=tmp_path)) == {failed.name, old.name}
    assert foreign.exists()
    assert newer.exists()
    assert unread.exists()
    best = shelf.last_good(tmp_path)
    assert best is not None
    assert best.path == newer


def test_without_a_good_one_nothing_is_removed(tmp_path: Path) -> None:
    put(tmp_path, NOW - timedelta(days=90), verified=False)
    put(tmp_path, NOW, verified=False)
    assert shelf.thin_out(days=1, weeks=0, months=0, folder=tmp_path) == []
    assert shelf.last_good(tmp_path) is None


def test_an_archive_that_changed_is_not_good(tmp_path: Path) -> None:
    path = put(tmp_path, NOW)
    path.write_bytes(b"longer than it was")
    assert shelf.last_good(tmp_path) is None


def test_a_request_is_taken_once(tmp_path: Path) -> None:
    assert not shelf.take_request(tmp_path)
    shelf.request(tmp_path)
    assert shelf.is_requested(tmp_path)
    assert shelf.take_request(tmp_path)
    assert not shelf.take_request(tmp_path)


def test_a_stalled_archive_is_not_being_written(tmp_path: Path) -> None:
    partial = tmp_path / ".leitstelle-20261122T013000Z.tar.77.partial"
    partial.touch()
    assert shelf.is_running(tmp_path)
    os.utime(partial, (0, 0))
    assert not shelf.is_running(tmp_path)


def test_retention_is_understood_and_nonsense_refused() -> None:
    assert env_values.retention("7/4/12") == (7, 4, 12)
    assert env_values.retention("3,0,0") == (3, 0, 0)
    for wrong in ("7", "0/1/1", "a/b/c"):
        with pytest.raises(ValueError):
            env_values.retention(wrong)
