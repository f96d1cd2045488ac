"""One POP3 mailbox (RFC 1939): look what lies there, take what is new, leave or delete it.

A mail is known by its UIDL once it is durable here, and only then deleted. A connection that breaks before QUIT
deletes nothing there; what is met again is known and not taken twice.
"""

import base64
import poplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event as Flag
from typing import Any

from django.utils import timezone

from leitstelle.intake.actions import accept_oversize, accept_raw
from leitstelle.intake.actions.accept import max_mail_bytes
from leitstelle.intake.actions.mailboxes import forget_pop, known_pop, note_pop
from leitstelle.intake.choices import SignIn, TlsMode
from leitstelle.intake.gateways.oauth import access_token
from leitstelle.intake.models import Mailbox
from leitstelle.intake.rules.mail.oauth import oauthbearer, xoauth2
from leitstelle.kernel.mail.probing import tls_context

TIMEOUT = 30.0
POLL_EVERY = 60.0
# What lies there longer when a mailbox is fetched the first time is an archive, not new mail.
LOOK_BACK = timedelta(days=3)
LONGEST_LINE = 4_000_000
_RECEIVED = re.compile(rb"^received:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


class PopError(poplib.error_proto):
    """The server refuses, or cannot do what is needed."""


class SignInRefused(PopError):
    """User, password or token are not taken."""


class TooMuch(PopError):
    """A mail is larger than the server said it was."""


class _Client(poplib.POP3):
    """Lines as long as senders make them (the library gives up after 2048 bytes), answers of bounded size."""

    def _getline(self) -> tuple[bytes, int]:
        line = self.file.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise TooMuch("line too long")
        if not line:
            raise PopError("the server closed the connection")
        return line.rstrip(b"\r\n") if line[:1] != b"\r" else line[1:].rstrip(b"\n"), len(line)

    def text(self, command: str, most: int) -> bytes:
        """The text a command answers with, lines joined by CRLF. Raises `TooMuch`."""
        self._putcmd(command)  # type: ignore[attr-defined]
        self._getresp()  # type: ignore[attr-defined]
        lines: list[bytes] = []
        size = 0
        while True:
            line, octets = self._getline()
            if line == b".":
                return b"\r\n".join([*lines, b""])
            size += octets
            if size > most:
                raise TooMuch("larger than announced")
            lines.append(line[1:] if line.startswith(b"..") else line)

    def sign_in(self, mechanism: str, initial: str) -> None:
        """A SASL sign-in with an initial response (RFC 5034)."""
        encoded = base64.b64encode(initial.encode()).decode()
        if (
            len(encoded) > 200
        ):  # a command line has at most 255 bytes: the response comes on a line of its own
            self._putcmd(f"AUTH {mechanism}")  # type: ignore[attr-defined]
            self._getresp()  # type: ignore[attr-defined]
            self._putcmd(encoded)  # type: ignore[attr-defined]
        else:
            self._putcmd(f"AUTH {mechanism} {encoded}")  # type: ignore[attr-defined]
        answer = self._getresp()  # type: ignore[attr-defined]
        if answer.startswith(b"+ "):  # the reason of a refusal; an empty line asks for the refusal itself
            self._putcmd("")  # type: ignore[attr-defined]
            self._getresp()  # type: ignore[attr-defined]


class _TlsClient(_Client):
    """The same over TLS from the first byte."""

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float) -> Any:
        plain = super()._create_socket(timeout)  # type: ignore[misc]
        return self._context.wrap_socket(plain, server_hostname=self.host)


def connect(host: str, port: int, tls: str, *, verify: bool, timeout: float = TIMEOUT) -> _Client:
    """A connection that is encrypted as wanted. Raises `OSError`, `poplib.error_proto`."""
    context = tls_context(verify=verify)
    if tls == TlsMode.TLS:
        return _TlsClient(host, port, timeout, context)
    client = _Client(host, port, timeout)
    if tls == TlsMode.STARTTLS:
        try:
            client.stls(context)
        except BaseException:
            with suppress(OSError):
                client.close()
            raise
    return client


def sign_in(client: _Client, user: str, password: str, token: str = "") -> None:
    """By password, or by a token where there is one. Raises `SignInRefused`."""
    try:
        if token:
            offered = client.capa().get("SASL", []) if _has_capa(client) else []
            if "XOAUTH2" in offered or "OAUTHBEARER" not in offered:
                client.sign_in("XOAUTH2", xoauth2(user, token))
            else:
                client.sign_in("OAUTHBEARER", oauthbearer(user, token))
            return
        client.user(user)
        client.pass_(password)
    except poplib.error_proto as error:
        raise SignInRefused(words(error)) from None


def _has_capa(client: _Client) -> bool:
    with suppress(poplib.error_proto):
        client.capa()
        return True
    return False


def words(error: Exception) -> str:
    """What a server said."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


@contextmanager
def opened(box: Mailbox) -> Iterator[_Client]:
    """Sign in; a clean end lets the server delete what was marked. Raises `OSError`, `poplib.error_proto`."""
    token = access_token(box) if box.imap_auth == SignIn.OAUTH2 else ""
    client = connect(box.imap_host, box.imap_port, box.imap_tls, verify=box.imap_verify)
    try:
        sign_in(client, box.imap_user or box.address, str(box.imap_password), token)
        yield client
        client.quit()
    finally:
        with suppress(OSError):
            client.close()


def fetch_new(box: Mailbox, client: _Client, stop: Flag, fresh: Callable[[], bool] = lambda: True) -> int:
    """Accept everything new and return how many mails were looked at. `fresh` False ends early (lease lost)."""
    there, sizes = uidls(client), _sizes(client)
    known = known_pop(box)
    first = not known and box.checked_at is None and not box.pop_delete
    count = 0
    for number, uidl in there:
        if stop.is_set() or not fresh():
            return count
        if uidl not in known:
            if not (first and _is_archive(client, number)):
                _take(box, client, number, uidl, sizes.get(number, 0))
            note_pop(box, uidl)
            count += 1
        if (
            box.pop_delete and sizes.get(number, 0) <= max_mail_bytes()
        ):  # of larger ones only the headers are here
            client.dele(number)
    forget_pop(box, [uidl for _, uidl in there])
    return count


def uidls(client: _Client) -> list[tuple[int, str]]:
    """Number and unique id of every mail that lies there. Raises `PopError` where the server knows no ids."""
    try:
        lines = client.uidl()[1]
    except poplib.error_proto as error:
        raise PopError(f"the server does not tell mails apart (UIDL): {words(error)}") from None
    found = (line.split(None, 1) for line in lines)
    return [(int(pair[0]), pair[1].decode("latin-1")[:70]) for pair in found if len(pair) == 2]


def _take(box: Mailbox, client: _Client, number: int, uidl: str, size: int) -> None:
    now = timezone.now()
    source = f"pop3:{uidl}"[:60]
    most = max_mail_bytes()
    if size <= most:
        try:
            raw = client.text(f"RETR {number}", most + 100_000)
        except TooMuch:
            # The rest is still on its way: this connection is of no use any more; the size is known the next time.
            accept_oversize(box, _no_headers(uidl), most + 1, received_at=now, source=source, now=now)
            note_pop(box, uidl)
            raise
        accept_raw(box, raw, received_at=_arrival(raw, now), source=source, now=now)
    else:
        headers = client.text(f"TOP {number} 0", 2_000_000)
        accept_oversize(box, headers, size, received_at=_arrival(headers, now), source=source, now=now)


def _no_headers(uidl: str) -> bytes:
    return f"X-Leitstelle-UIDL: {uidl}\r\n\r\n".encode()


def _sizes(client: _Client) -> dict[int, int]:
    pairs = (line.split() for line in client.list()[1])
    return {
        int(pair[0]): int(pair[1])
        for pair in pairs
        if len(pair) > 1 and pair[0].isdigit() and pair[1].isdigit()
    }


def _is_archive(client: _Client, number: int) -> bool:
    now = timezone.now()
    return _arrival(client.text(f"TOP {number} 0", 2_000_000), now) < now - LOOK_BACK


def _arrival(raw: bytes, now: datetime) -> datetime:
    """When the last server took the mail, by its `Received` line: POP3 itself does not tell."""
    found = _RECEIVED.search(raw[:100_000])
    if found is None:
        return now
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parsedate_to_datetime(found[1].rpartition(b";")[2].decode("ascii", "replace").strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if now - timedelta(days=3650) < aware <= now else now
    return now


def wait(stop: Flag, fresh: Callable[[], bool]) -> None:
    """Until it is time to look again."""
    for _ in range(int(POLL_EVERY)):
        if stop.wait(1.0) or not fresh():
            return
