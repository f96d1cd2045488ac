"""The virus scanner: clamd's INSTREAM as its manual has it, what is blocked, and what waits while it is down."""

import socket
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from leitstelle.kernel.blobs import response, store
from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.gateways.clamd import ScannerDown, scan
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.scanning import scan_waiting, shown_scan
from leitstelle.kernel.blobs.serving import InfectedFile
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.mail import Outgoing
from leitstelle.kernel.mail.rendering import render

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 100_000


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


def _answer(connection: socket.socket) -> bytes:
    """What clamd does with zINSTREAM: chunks with their length in front, until one of none."""
    if _exactly(connection, 10) != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND\0"
    content = b""
    while size := struct.unpack(">I", _exactly(connection, 4))[0]:
        content += _exactly(connection, size)
        if len(content) > LIMIT:
            return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def clamd() -> Iterator[str]:
    """A loopback server that speaks INSTREAM."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.sendall(_answer(connection))
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def nobody() -> str:
    """An address where nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


def test_what_the_scanner_says(clamd: str) -> None:
    assert scan(clamd, BytesIO(b"harmless")).state is ScanState.CLEAN
    found = scan(clamd, BytesIO(b"x" * 70_000 + EICAR))
    assert (found.state, found.detail) == (ScanState.INFECTED, "Eicar-Test-Signature")
    assert scan(clamd, BytesIO(b"x" * (LIMIT + 70_000))).state is ScanState.SKIPPED
    for address in (nobody(), "/no/such/socket", "nonsense"):
        with pytest.raises(ScannerDown):
            scan(address, BytesIO(b"x"))


@pytest.mark.django_db
def test_infected_files_are_never_handed_out_nor_sent(clamd: str, settings: Any) -> None:
    settings.CLAMD = clamd
    bad, good = store(EICAR), store(b"harmless")
    assert shown_scan(good) == "waiting"
    assert scan_waiting(NOW) == 2
    bad, good = Blob.objects.get(pk=bad.pk), Blob.objects.get(pk=good.pk)
    assert (good.scan_state, bad.scan_state) == ("clean", "infected")
    assert response(good, "a.txt").getvalue() == b"harmless"
    with pytest.raises(InfectedFile) as refused:
        response(bad, "rechnung.pdf")
    assert "Eicar" in refused.value.message
    assert [event.code for event in events_for(Subject("blob", bad.pk))] == ["file.infected"]
    outgoing = Outgoing(
        to=["a@b.example"], subject="x", text="x", from_email="c@d.example", attachments=[(bad.pk, "x", "")]
    )
    with pytest.raises(ValueError, match="Eicar"):
        render(outgoing, "<1@d.example>", NOW)
    assert scan_waiting(NOW) == 0


@pytest.mark.django_db
def test_while_the_scanner_is_down_files_wait(clamd: str, settings: Any) -> None:
    blob = store(b"later")
    assert scan_waiting(NOW) == 0  # none is configured
    assert shown_scan(blob) == ""
    settings.CLAMD = nobody()
    assert scan_waiting(NOW) == 0
    blob.refresh_from_db()
    assert shown_scan(blob) == "waiting"
    settings.CLAMD = clamd
    assert scan_waiting(NOW) == 1
    blob.refresh_from_db()
    assert shown_scan(blob) == "clean"
