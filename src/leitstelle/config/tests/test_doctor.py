"""The doctor: says what is wrong, what to do, and never breaks itself."""

import json
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from leitstelle.config import doctor, secret_key
from leitstelle.config.cli import doctor as command
from leitstelle.config.cli import main
from leitstelle.config.doctor import Finding, Level, data, machine, services
from leitstelle.kernel.blobs import store
from leitstelle.kernel.mail import OutboxMail

DESK = (*data.CHECKS, *services.CHECKS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    monkeypatch.setenv("LEITSTELLE_DATA", str(path))
    monkeypatch.setenv("LEITSTELLE_PORT", "0")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    return path


def level_of(check: doctor.Check, code: str) -> Level:
    found = [finding for finding in check() if finding.code == code]
    assert found, f"{code} is not among the findings"
    assert all(finding.what for finding in found)
    assert all(finding.advice for finding in found if finding.level is not Level.OK)
    return found[0].level


def test_a_good_machine_has_no_errors(folder: Path) -> None:
    secret_key.load_or_create(folder)
    assert not [finding for finding in doctor.examine(machine.CHECKS) if finding.level is Level.ERROR]


def test_missing_data_directory_is_a_warning(folder: Path) -> None:
    folder.rmdir()
    assert level_of(machine.data_directory, "data_directory") is Level.WARNING


def test_open_data_directory_is_a_warning(folder: Path) -> None:
    folder.chmod(0o755)
    assert level_of(machine.data_directory, "data_directory") is Level.WARNING
    folder.chmod(0o750)
    assert level_of(machine.data_directory, "data_directory") is Level.OK


def test_key_that_others_can_read_is_an_error(folder: Path) -> None:
    secret_key.load_or_create(folder)
    assert level_of(machine.key, "secret_key") is Level.OK
    (folder / secret_key.FILE_NAME).chmod(0o640)
    assert stat.S_IMODE((folder / secret_key.FILE_NAME).stat().st_mode) == 0o640
    assert level_of(machine.key, "secret_key") is Level.ERROR


def test_short_key_is_an_error_and_not_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "swordfish")
    findings = list(machine.key())
    assert findings[0].level is Level.ERROR
    assert "swordfish" not in str(findings)


def test_variable_that_cannot_be_understood_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEITSTELLE_MAX_UPLOAD", "much")
    assert level_of(machine.variables, "environment") is Level.ERROR


def test_misspelt_variable_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEITSTELLE_PROT", "8000")
    assert level_of(machine.variables, "environment") is Level.WARNING


def test_taken_port_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEITSTELLE_HOST", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("LEITSTELLE_PORT", str(taken.getsockname()[1]))
        assert level_of(machine.port, "port") is Level.WARNING


def test_full_disk_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=10, used=9, free=1))
    assert level_of(machine.disk, "disk") is Level.ERROR


def test_old_python_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "OLDEST_PYTHON", (sys.version_info[0], sys.version_info[1] + 1))
    assert level_of(machine.python, "python") is Level.ERROR


def test_demo_mode_for_everybody_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEITSTELLE_DEMO", "1")
    assert not list(machine.demo_mode())
    monkeypatch.setenv("LEITSTELLE_HOST", "0.0.0.0")
    assert level_of(machine.demo_mode, "demo") is Level.WARNING


def test_unencrypted_address_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEITSTELLE_BASE_URL", "http://desk.example")
    assert level_of(machine.base_url, "base_url") is Level.WARNING
    monkeypatch.setenv("LEITSTELLE_BASE_URL", "https://desk.example")
    assert level_of(machine.base_url, "base_url") is Level.OK


@pytest.mark.django_db
def test_an_empty_desk_has_warnings_and_no_errors(folder: Path) -> None:
    found = list(doctor.examine(DESK))
    assert not [finding for finding in found if finding.level is Level.ERROR]
    warned = {finding.code for finding in found if finding.level is Level.WARNING}
    assert {"administrator", "smtp", "mailboxes", "worker", "clock"} <= warned


@pytest.mark.django_db
def test_stopped_loops_are_a_warning() -> None:
    assert level_of(services.loops, "mail_loops") is Level.OK
    now, blob = datetime.now(UTC), store(b"x")
    OutboxMail.objects.create(
        message_id="a@b.example", raw=blob, created_at=now, queued_at=now, state="held", hold_reason="loop"
    )
    assert level_of(services.loops, "mail_loops") is Level.WARNING


def test_a_check_that_breaks_is_a_finding(folder: Path) -> None:
    def broken() -> Iterator[Finding]:
        yield from iter(Finding("x", Level.OK, str(1 / 0)) for _ in range(1))

    (finding,) = doctor.examine([broken])
    assert finding.level is Level.ERROR
    assert "ZeroDivisionError" in finding.what


@pytest.mark.parametrize(("level", "code"), [(Level.ERROR, 1), (Level.WARNING, 0), (Level.OK, 0)])
def test_exit_code_and_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], level: Level, code: int
) -> None:
    monkeypatch.setattr(command, "findings", lambda: iter([Finding("x", level, "what", "advice")]))
    assert main(["doctor", "--json"]) == code
    report = json.loads(capsys.readouterr().out)
    assert report["findings"] == [{"code": "x", "level": level.value, "what": "what", "advice": "advice"}]
    assert main(["doctor"]) == code
    assert "→ advice" in capsys.readouterr().out


@pytest.mark.processes
def test_before_the_first_start_it_says_that_the_database_is_not_ready(folder: Path) -> None:
    words = [sys.executable, "-m", "leitstelle", "doctor", "--json"]
    told = subprocess.run(words, capture_output=True, timeout=60, check=False)
    assert told.returncode == 1
    findings = json.loads(told.stdout)["findings"]
    assert [one["code"] for one in findings if one["level"] == "error"] == ["migrations"]
    assert findings[-1]["code"] == "services"
