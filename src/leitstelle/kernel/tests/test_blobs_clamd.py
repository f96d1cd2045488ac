"""Against a real clamd, with one signature of our own: it needs no network and no database of its project."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from socket import create_connection
from zipfile import ZipFile

import pytest
from pytest_django import Settings

from leitstelle.kernel.blobs import store
from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.gateways.clamd import scan
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.scanning import scan_waiting
from leitstelle.kernel.tests.s3_server import free_port
from leitstelle.kernel.tests.test_blobs_scanning import EICAR, NOW

# The test file of EICAR by its name alone, so that it is found wherever it stands.
SIGNATURE = f"Leitstelle.Test:0:*:{b'EICAR-STANDARD-ANTIVIRUS-TEST-FILE'.hex()}\n"
FOUND = "Leitstelle.Test.UNOFFICIAL"
LIMIT = 1024 * 1024


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Its addresses, by TCP and by socket file."""
    program = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
    if program is None:
        pytest.skip("not installed: clamav-daemon (scripts/install-test-servers.sh)")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(SIGNATURE)
    port, path = free_port(), folder / "c.sock"
    lines = [f"TCPSocket {port}", "TCPAddr 127.0.0.1", f"LocalSocket {path}", "Foreground yes"]
    lines += [
        f"DatabaseDirectory {folder / 'db'}",
        f"TemporaryDirectory {folder}",
        f"StreamMaxLength {LIMIT}",
    ]
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-c", folder / "clamd.conf"], stdout=log, stderr=log)
    try:
        _wait(port, process, folder)
        yield f"127.0.0.1:{port}", str(path)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    limit = time.monotonic() + 90
    while True:
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < limit, (folder / "log").read_text()
        time.sleep(0.1)


def test_what_the_real_scanner_says_by_both_ways(daemon: tuple[str, str]) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("deep/eicar.com", EICAR)
    for address in daemon:
        assert scan(address, BytesIO(b"harmless " * 50_000)).state is ScanState.CLEAN
        assert scan(address, BytesIO(b"")).state is ScanState.CLEAN
        found = scan(address, BytesIO(b"x" * 70_000 + EICAR))
        assert (found.state, found.detail) == (ScanState.INFECTED, FOUND)
        assert scan(address, BytesIO(packed.getvalue())).state is ScanState.INFECTED


def test_more_than_it_takes_is_skipped_and_said(daemon: tuple[str, str]) -> None:
    for address in daemon:
        verdict = scan(address, BytesIO(b"y" * (8 * LIMIT)))
        assert verdict.state is ScanState.SKIPPED
        assert "limit" in verdict.detail


@pytest.mark.django_db
def test_stored_files_are_scanned_by_it(daemon: tuple[str, str], settings: Settings) -> None:
    settings.CLAMD = daemon[0]
    good, bad = store(b"harmless"), store(EICAR)
    assert scan_waiting(NOW) == 2
    states = dict(Blob.objects.values_list("pk", "scan_state"))
    assert (states[good.pk], states[bad.pk]) == (ScanState.CLEAN, ScanState.INFECTED)
