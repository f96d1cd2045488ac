"""A real server of the S3 kind on loopback (`rclone serve s3`), and a wire to it that a test cuts."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from leitstelle.config.env import FileBucket

ACCESS, SECRET, BUCKET = "test-key", "test-secret-of-the-bucket", "desk-files"


@dataclass
class S3Server:
    """The server, and the folder in which it keeps objects as files."""

    port: int
    root: Path

    @property
    def objects(self) -> dict[str, int]:
        """Sizes by key."""
        folder = self.root / BUCKET
        return {
            path.relative_to(folder).as_posix(): path.stat().st_size
            for path in folder.rglob("*")
            if path.is_file()
        }

    def place(
        self, *, port: int = 0, secret: str = SECRET, bucket: str = BUCKET, folder: str = ""
    ) -> FileBucket:
        """The settings of a desk that uses it."""
        return FileBucket(
            bucket=bucket,
            folder=folder,
            endpoint=f"http://127.0.0.1:{port or self.port}",
            region="us-east-1",
            path_style=True,
            access_key=ACCESS,
            secret_key=secret,
        )


def program() -> str | None:
    """Where rclone is: beside the Python of the tests."""
    beside = Path(sys.executable).with_name("rclone")
    return str(beside) if beside.is_file() else shutil.which("rclone")


@contextmanager
def s3_server(root: Path) -> Iterator[S3Server]:
    """A running server with an empty bucket."""
    found = program()
    assert found, "rclone is missing (requirements-dev.lock)"
    (root / BUCKET).mkdir(parents=True)
    port = free_port()
    command = [found, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}"]
    command += ["--config", os.devnull, "--dir-cache-time", "100ms", "--log-level", "ERROR", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield S3Server(port, root)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while True:
        assert process.poll() is None, "rclone ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < limit, "rclone does not listen"
        time.sleep(0.05)


@contextmanager
def cut_wire(port: int, after: int) -> Iterator[int]:
    """A port that passes everything on to `port` and breaks each answer off after so many bytes."""
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_pass_on, args=(listening, port, after), daemon=True).start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()


def _pass_on(listening: socket.socket, port: int, after: int) -> None:
    with suppress(OSError):
        while True:
            near, _address = listening.accept()
            far = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_pipe, args=(near, far, -1), daemon=True).start()
            threading.Thread(target=_pipe, args=(far, near, after), daemon=True).start()


def _pipe(source: socket.socket, target: socket.socket, after: int) -> None:
    passed = 0
    with suppress(OSError):
        while piece := source.recv(4096):
            if after >= 0 and passed + len(piece) > after:
                target.sendall(piece[: after - passed])
                break
            target.sendall(piece)
            passed += len(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
