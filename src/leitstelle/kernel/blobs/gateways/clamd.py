"""The only place that speaks with the virus scanner: clamd, command INSTREAM (clamd(8))."""

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO

from leitstelle.kernel.blobs.choices import ScanState

TIMEOUT = 60.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class ScannerDown(Exception):
    """The scanner cannot be reached or gave no usable answer; the file is scanned later."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says: the state, and the name of what it found."""

    state: ScanState
    detail: str = ""


def scan(address: str, content: BinaryIO) -> Verdict:
    """Let clamd at `address` (host:port, or the path of its socket) look at a content. Raises `ScannerDown`."""
    try:
        with _connect(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            _send(connection, content)
            answer = _answer(connection)
    except (OSError, ValueError) as error:
        raise ScannerDown(f"{type(error).__name__}: {error}") from error
    return _read(answer)


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=TIMEOUT)


def _send(connection: socket.socket, content: BinaryIO) -> None:
    """Send the content in chunks; a scanner that has enough (size limit) closes early and has answered."""
    try:
        while chunk := content.read(CHUNK):
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _read(answer: str) -> Verdict:
    text = answer.removeprefix("stream: ")
    if text == "OK":
        return Verdict(ScanState.CLEAN)
    if text.endswith(" FOUND"):
        return Verdict(ScanState.INFECTED, text.removesuffix(" FOUND")[:200])
    if "size limit exceeded" in text:
        return Verdict(ScanState.SKIPPED, text[:200])
    raise ScannerDown(text[:200] or "no answer")
