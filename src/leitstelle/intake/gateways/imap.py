"""One IMAP mailbox: connect, fetch what is new, wait for more.

Fetched mail is marked or moved only after it is durable here. The position is UIDVALIDITY with the last UID; what
is fetched a second time (new UIDVALIDITY, connection lost between store and mark) is recognised by its key.
"""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from typing import Any

from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from leitstelle.intake.actions import accept_oversize, accept_raw, note_position
from leitstelle.intake.actions.accept import max_mail_bytes
from leitstelle.intake.choices import SignIn, TlsMode
from leitstelle.intake.gateways.oauth import access_token
from leitstelle.intake.models import Mailbox

TIMEOUT = 30.0
IDLE_SLICE = 1.0  # how soon a stop is noticed
IDLE_AGAIN = 9 * 60.0  # servers and firewalls drop silent connections; RFC 2177 asks for less than 29 minutes
POLL_EVERY = 30.0
LOOK_BACK = timedelta(days=3)
BATCH = 50


@dataclass
class Session:
    """A connection with a selected folder."""

    box: Mailbox
    client: Any
    uid_validity: int
    can_idle: bool
    can_move: bool


@contextmanager
def opened(box: Mailbox) -> Iterator[Session]:
    """Sign in and select the folder. Raises `OSError` (`NoToken` among them) and `IMAPClientError`."""
    token = access_token(box) if box.imap_auth == SignIn.OAUTH2 else ""
    client = _connect(box)
    try:
        sign_in(client, box.imap_user or box.address, str(box.imap_password), token)
        capabilities = client.capabilities()
        selected = client.select_folder(box.imap_folder)
        yield Session(
            box,
            client,
            int(selected[b"UIDVALIDITY"]),
            can_idle=b"IDLE" in capabilities,
            can_move=b"MOVE" in capabilities,
        )
    finally:
        with suppress(Exception):
            client.logout()


def sign_in(client: Any, user: str, password: str, token: str = "") -> None:
    """By password, or by a token where there is one. Raises `IMAPClientError`, `OSError`."""
    if not token:
        client.login(user, password)
    elif client.has_capability("AUTH=XOAUTH2") or not client.has_capability("AUTH=OAUTHBEARER"):
        client.oauth2_login(user, token)
    else:
        client.oauthbearer_login(user, token)


def _connect(box: Mailbox) -> Any:
    context = _tls(box)
    client = IMAPClient(
        box.imap_host,
        port=box.imap_port,
        ssl=box.imap_tls == TlsMode.TLS,
        ssl_context=context,
        timeout=TIMEOUT,
    )
    if box.imap_tls == TlsMode.STARTTLS:
        client.starttls(context)
    return client


def _tls(box: Mailbox) -> ssl.SSLContext | None:
    if box.imap_tls == TlsMode.NONE:
        return None
    context = ssl.create_default_context()
    if not box.imap_verify:  # chosen by an administrator for a server with its own certificate
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def fetch_new(session: Session, stop: Flag, fresh: Callable[[], bool] = lambda: True) -> int:
    """Accept everything new and return how many mails were looked at. `fresh` False ends early (lease lost)."""
    box, count = session.box, 0
    uids = _new_uids(session)
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        facts = session.client.fetch(batch, ["RFC822.SIZE", "INTERNALDATE"])
        for uid in batch:
            if stop.is_set() or not fresh():
                return count
            if uid in facts:
                _take(session, uid, facts[uid])
            note_position(box, uid_validity=session.uid_validity, last_uid=max(uid, _last(session)))
            count += 1
    if box.uid_validity != session.uid_validity:
        note_position(box, uid_validity=session.uid_validity, last_uid=_highest(session))
    return count


def _last(session: Session) -> int:
    return int(session.box.last_uid) if session.box.uid_validity == session.uid_validity else 0


def _highest(session: Session) -> int:
    return max(session.client.search("ALL"), default=0)


def _new_uids(session: Session) -> list[int]:
    box, client = session.box, session.client
    if box.uid_validity == session.uid_validity:
        after = int(box.last_uid)
        return sorted(uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after)
    if not box.uid_validity:
        return sorted(client.search("UNSEEN"))  # the first time: an old archive makes no tickets
    since = ((box.checked_at or timezone.now()) - LOOK_BACK).date()
    return sorted(client.search(["SINCE", since]))


def _take(session: Session, uid: int, facts: dict[bytes, Any]) -> None:
    now = timezone.now()
    received_at = _arrival(facts.get(b"INTERNALDATE"), now)
    size = int(facts.get(b"RFC822.SIZE", 0))
    source = f"imap:{session.uid_validity}:{uid}"
    if size > max_mail_bytes():
        data = session.client.fetch([uid], ["BODY.PEEK[HEADER]"])[uid]
        accept_oversize(
            session.box, data[b"BODY[HEADER]"] or b"", size, received_at=received_at, source=source, now=now
        )
    else:
        found = session.client.fetch([uid], ["BODY.PEEK[]"]).get(uid)
        if found is None or found.get(b"BODY[]") is None:
            return  # deleted by another client between search and fetch
        accept_raw(session.box, found[b"BODY[]"], received_at=received_at, source=source, now=now)
    _mark(session, uid)


def _arrival(moment: datetime | None, now: datetime) -> datetime:
    """IMAPClient gives local wall time without a zone."""
    if moment is None:
        return now
    aware = moment.astimezone(UTC) if moment.tzinfo is None else moment
    return aware if now - timedelta(days=365) < aware <= now else now


def _mark(session: Session, uid: int) -> None:
    folder = session.box.imap_done_folder
    session.client.add_flags([uid], [b"\\Seen"], silent=True)
    if not folder:
        return
    if session.can_move:
        session.client.move([uid], folder)
    else:
        session.client.copy([uid], folder)
        session.client.delete_messages([uid], silent=True)
        session.client.expunge([uid])


def wait(session: Session, stop: Flag, fresh: Callable[[], bool]) -> None:
    """Return when something may be new, the connection should be renewed, or it is time to stop."""
    until = time.monotonic() + (IDLE_AGAIN if session.can_idle else POLL_EVERY)
    if not session.can_idle:
        while not stop.is_set() and time.monotonic() < until and fresh():
            stop.wait(1)
        session.client.noop()
        return
    session.client.idle()
    try:
        while not stop.is_set() and time.monotonic() < until and fresh():
            if any(_arrived(answer) for answer in session.client.idle_check(timeout=IDLE_SLICE)):
                return
    finally:
        session.client.idle_done()


def _arrived(answer: Any) -> bool:
    if answer[0] == b"BYE":
        raise IMAPClientError("the server closed the connection")
    return len(answer) > 1 and answer[1] == b"EXISTS"
