"""The measured product: web server (and, for memory, everything) as processes of their own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0


@contextmanager
def running(command: str, **variables: str) -> Iterator[tuple[str, int]]:
    """Run `leitstelle <command>` on a free port; yields its address and process id, stops it afterwards."""
    port = _free_port()
    environment = os.environ | {"LEITSTELLE_PORT": str(port), "LEITSTELLE_HOST": "127.0.0.1"} | variables
    environment["LEITSTELLE_BASE_URL"] = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "leitstelle", command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_for_sign_in(base: str) -> float:
    """Return the seconds until the sign-in page answers; raises `TimeoutError`."""
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        try:
            with urllib.request.urlopen(f"{base}/account/login/", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return time.monotonic() - begin
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"no sign-in page at {base}")


def resident_megabytes(pid: int) -> float:
    """Return the proportional memory of a process and its children (shared pages counted once)."""
    return sum(_proportional(one) for one in (pid, *_children(pid))) / 1024


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
