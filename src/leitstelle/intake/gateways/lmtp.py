"""Takes mail by LMTP (RFC 2033) from the mail server of the house.

Only for mailboxes that are set up, one answer per recipient, 250 only after the mail is durable. Knows no other
recipients, relays nothing, and believes whoever may connect: by default that is this machine alone.
"""

import logging
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Protocol

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from leitstelle.intake.actions import accept_oversize, accept_raw
from leitstelle.intake.actions.accept import max_mail_bytes
from leitstelle.intake.models import Mailbox
from leitstelle.intake.queries import known_mailbox
from leitstelle.intake.rules.mail.acceptance import header_part

logger = logging.getLogger("leitstelle.intake")

CONNECTIONS = 40
SILENCE = 300.0
LINE = 4_096
MOST_RECIPIENTS = 100
STOP_SLICE = 0.5
_PATH = re.compile(rb"(?i)^(?:FROM|TO):\s*<([^<>\s]{0,512})>\s*(.*)$")


@dataclass
class _Envelope:
    sender: str | None = None
    boxes: list[Mailbox] = field(default_factory=list)


class Lines(Protocol):
    """Where lines come from."""

    def readline(self, most: int, /) -> bytes: ...


class _Gone(Exception):
    """The other side has closed the connection."""


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    timeout = SILENCE
    server: "LmtpServer"

    def handle(self) -> None:
        self._envelope = _Envelope()
        self._greeted = False
        try:
            if not self.server.seats.acquire(blocking=False):
                self._say("421 4.3.2 too many connections, try again later")
                return
            try:
                self._say(f"220 {self.server.name} LMTP Leitstelle")
                while self._command():
                    pass
            finally:
                self.server.seats.release()
        except (OSError, _Gone):
            pass  # what was answered by 250 is durable; everything else is tried again by the other side
        finally:
            connections.close_all()

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode("ascii", "replace"))

    def _command(self) -> bool:
        line = self.rfile.readline(LINE + 1)
        if not line:
            raise _Gone
        if len(line) > LINE:
            self._say("500 5.5.2 line too long")
            return False
        verb, _, rest = line.strip().partition(b" ")
        word = verb.upper().decode("ascii", "replace")
        if word == "QUIT":
            self._say("221 2.0.0 bye")
            return False
        if self.server.stopping.is_set():
            self._say("421 4.3.2 the desk is being stopped, try again later")
            return False
        answers: dict[str, Callable[[bytes], None]] = {
            "LHLO": self._lhlo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda rest: self._say("250 2.0.0 ok"),
            "VRFY": lambda rest: self._say("252 2.5.0 try it"),
        }
        answer = answers.get(word)
        if answer is None:
            self._say("502 5.5.1 this is LMTP: LHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT")
        else:
            answer(rest)
        return True

    def _lhlo(self, rest: bytes) -> None:
        self._greeted, self._envelope = True, _Envelope()
        extensions = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8")
        lines = [self.server.name, *extensions, f"SIZE {max_mail_bytes()}"]
        self._say(*[f"250-{line}" for line in lines[:-1]], f"250 {lines[-1]}")

    def _mail(self, rest: bytes) -> None:
        found = _PATH.match(rest)
        if not self._greeted or self._envelope.sender is not None or found is None:
            self._say("503 5.5.1 LHLO, then MAIL FROM:<address>")
            return
        announced = re.search(rb"(?i)\bSIZE=(\d{1,15})", found[2])
        if announced and int(announced[1]) > 10 * max_mail_bytes():
            self._say("552 5.3.4 the mail is too large for this desk")
            return
        self._envelope.sender = found[1].decode("utf-8", "replace")
        self._say("250 2.1.0 ok")

    def _rcpt(self, rest: bytes) -> None:
        found = _PATH.match(rest)
        if self._envelope.sender is None or found is None:
            self._say("503 5.5.1 MAIL first, then RCPT TO:<address>")
        elif len(self._envelope.boxes) >= MOST_RECIPIENTS:
            self._say("452 4.5.3 too many recipients at once")
        else:
            self._say(self._known(found[1].decode("utf-8", "replace")))

    def _known(self, address: str) -> str:
        try:
            close_old_connections()
            box = known_mailbox(address)
        except DatabaseError:
            logger.exception("lmtp: mailboxes could not be read")
            return "451 4.3.0 the desk cannot look this up now, try again later"
        if box is None:
            return "550 5.1.1 no such mailbox at this desk"
        self._envelope.boxes.append(box)
        return "250 2.1.5 ok"

    def _rset(self, rest: bytes) -> None:
        self._envelope = _Envelope()
        self._say("250 2.0.0 ok")

    def _data(self, rest: bytes) -> None:
        envelope, self._envelope = self._envelope, _Envelope()
        if not envelope.boxes:
            self._say("503 5.5.1 no valid recipient")
            return
        self._say("354 end with a line of a single dot")
        raw, size = read_data(self.rfile, max_mail_bytes())
        for box in envelope.boxes:  # each recipient gets an answer of its own
            self._say(take(box, raw, size))


def read_data(stream: Lines, most: int) -> tuple[bytes, int]:
    """What was sent up to the line of a dot, and how large it was; beyond `most` only its beginning is kept."""
    kept: list[bytes] = []
    held, size, begins = 0, 0, True
    while True:
        line = stream.readline(65_536)
        if not line:
            raise _Gone
        if (
            begins and line == b".\r\n"
        ):  # nothing else ends a mail: whatever else did would let one mail hide another
            return b"".join(kept), size
        if begins and line.startswith(b"."):
            line = line[1:]
        begins = line.endswith(b"\r\n")
        size += len(line)
        if size <= most or held < 512_000:
            kept.append(line)
            held += len(line)
        elif held > 512_000:
            kept, held = [b"".join(kept)[:512_000]], 512_000


def take(box: Mailbox, raw: bytes, size: int) -> str:
    """Make a mail durable and say so. Of one that is too large the headers are kept, and its sender hears of it."""
    now = timezone.now()
    try:
        if size > max_mail_bytes():
            accept_oversize(box, header_part(raw), size, received_at=now, source="lmtp", now=now)
            return "552 5.3.4 the mail is too large for this desk"
        accept_raw(box, raw, received_at=now, source="lmtp", now=now)
    except Exception:
        logger.exception("lmtp: a mail was not accepted")
        connections.close_all()
        return "451 4.3.0 the desk could not keep the mail, try again later"
    return "250 2.6.0 kept"


class LmtpServer(socketserver.ThreadingTCPServer):
    """Listens on one address. `seats` bounds how many talk at once."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, stopping: Flag) -> None:
        self.stopping = stopping
        self.seats = threading.Semaphore(CONNECTIONS)
        self.name = socket.gethostname()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Talk)


def run_lmtp(host: str, port: int, stop: Flag) -> None:
    """Listen until `stop` is set. Raises `OSError` where the address is taken."""
    with LmtpServer(host, port, stop) as server:
        listener = threading.Thread(target=server.serve_forever, args=(STOP_SLICE,), name="lmtp", daemon=True)
        listener.start()
        logger.info("mail is taken by LMTP on %s port %s", *server.server_address[:2])
        stop.wait()
        server.shutdown()
        listener.join()
