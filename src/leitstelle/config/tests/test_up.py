"""`leitstelle up` as a whole: an empty folder becomes a desk that answers, and it stops when asked."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import leitstelle
from leitstelle.config import env, texts
from leitstelle.kernel import i18n

pytestmark = pytest.mark.processes

PACKAGE = Path(leitstelle.__file__).parent
START_SECONDS = 180  # patience with a busy machine
SIGN_IN = "/account/login/"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    ours = {variable.name for variable in env.TABLE} | {"DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"LEITSTELLE_DATA": str(tmp_path / "data"), "LEITSTELLE_HOST": "127.0.0.1", "LANG": "C"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The product as it is cloned: no catalogue is compiled yet."""
    left_out = shutil.ignore_patterns("tests", "__pycache__", "*.mo")
    shutil.copytree(PACKAGE, tmp_path / "src" / PACKAGE.name, ignore=left_out)
    return tmp_path / "src"


@pytest.fixture
def desk(environment: dict[str, str], checkout: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "log").open("wb") as log:
        words = [sys.executable, "-m", "leitstelle", "up", "--port", "0"]
        cloned = environment | {"PYTHONPATH": str(checkout)}
        process = subprocess.Popen(words, env=cloned, stdout=log, stderr=log)
        yield process
        process.kill()
        process.wait()


def port_of(log: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not (found := re.search(r"http://localhost:(\d+)/", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return int(found[1])


def get(port: int, path: str) -> tuple[int, str]:
    """Status and words of a page, asked for in German."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Language": "de"})
    answer = connection.getresponse()
    words = answer.read().decode()
    connection.close()
    return answer.status, words


def status(port: int, path: str) -> int:
    return get(port, path)[0]


def wait_for_sign_in(port: int, process: subprocess.Popen[bytes], log: Path) -> set[int]:
    """Status codes seen until the sign-in page answers."""
    seen = set()
    deadline = time.monotonic() + START_SECONDS
    while (code := status(port, SIGN_IN)) != 200:
        seen.add(code)
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return seen


def children(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in listed]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.timeout(500)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_starts_on_an_empty_folder_restarts_what_dies_and_stops(
    desk: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    port = port_of(log, desk)
    assert wait_for_sign_in(port, desk, log) <= {503}
    assert "Kennwort" in get(port, SIGN_IN)[1]
    before = children(desk)
    assert len(before) == 2

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 90
    while len(now := children(desk)) < 2 or set(now) & set(before):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    assert status(port, SIGN_IN) == 200

    stopped_at = time.monotonic()
    desk.send_signal(signal.SIGTERM)
    assert desk.wait(20) == 0
    assert time.monotonic() - stopped_at < 10
    assert all(gone(pid) for pid in now)
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_first_process_of_a_clone_speaks_german(environment: dict[str, str], checkout: Path) -> None:
    """Setting up Django asks for texts of its own: what is missing then would stay English, in the demo company too."""
    program = (
        "from leitstelle.config.texts import _; _('set up and serve everything')\n"
        "from leitstelle.config.cli.table import set_up_django; set_up_django()\n"
        "from django.utils.translation import gettext, override\n"
        "with override('de'): print(gettext('Password'), _('set up and serve everything'))"
    )
    cloned = environment | {"PYTHONPATH": str(checkout), "LANG": "de_DE.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=cloned, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "Kennwort alles einrichten und starten", done.stderr


def test_catalogues_that_cannot_be_written_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def refuse() -> None:
        asked.append(True)
        raise PermissionError

    monkeypatch.setattr(texts, "stale_catalogues", lambda: [Path("django.po")])
    monkeypatch.setattr(i18n, "compile_all", refuse)
    texts.refresh_catalogues()
    assert asked == [True]


def test_taken_port_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = [sys.executable, "-m", "leitstelle", "up", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "LEITSTELLE_PORT" in done.stderr
    assert not (tmp_path / "data").exists()
