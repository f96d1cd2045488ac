"""The service that keeps all mailboxes fetched: one thread each, reconnecting with growing pauses.

Runs inside the worker process. Which process fetches a mailbox is a lease on its row.
"""

import logging
import poplib
import threading
from dataclasses import dataclass, field
from threading import Event as Flag

from django.db import Error, connections
from django.utils import timezone
from imapclient.exceptions import IMAPClientError, LoginError

from leitstelle.intake.actions import claim_fetching, note_fetched, note_problem, release_fetching
from leitstelle.intake.choices import MailboxFetch
from leitstelle.intake.gateways import imap, pop3
from leitstelle.intake.models import Mailbox
from leitstelle.intake.queries import fetched_mailboxes
from leitstelle.kernel.mail.transports import NoToken
from leitstelle.kernel.work import beats

logger = logging.getLogger("leitstelle.intake")

LOOK_EVERY = 15.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
RENEW_EVERY = 30.0


@dataclass
class _Running:
    stop: Flag = field(default_factory=Flag)
    thread: threading.Thread | None = None
    version: int = 0


def run_mailboxes(stop: Flag) -> None:
    """Fetch all mailboxes until `stop` is set; mailboxes added, changed or switched off are noticed."""
    running: dict[int, _Running] = {}
    name = beats.new_name()
    try:
        while not stop.is_set():
            try:
                _match(running, fetched_mailboxes(), name)
            except Error:
                logger.exception("mailboxes could not be read")
                connections.close_all()
            stop.wait(LOOK_EVERY)
    finally:
        for entry in running.values():
            entry.stop.set()
        for entry in running.values():
            if entry.thread is not None:
                entry.thread.join(imap.IDLE_SLICE + 5)
        connections.close_all()


def _match(running: dict[int, _Running], boxes: list[Mailbox], name: str) -> None:
    wanted = {box.pk: box for box in boxes}
    for pk, entry in list(running.items()):
        alive = entry.thread is not None and entry.thread.is_alive()
        if pk not in wanted or wanted[pk].version != entry.version or not alive:
            entry.stop.set()
            del running[pk]
    for pk, box in wanted.items():
        if pk not in running:
            entry = running[pk] = _Running(version=box.version)
            entry.thread = threading.Thread(
                target=_keep_fetching, args=(pk, entry.stop, name), name=f"mailbox-{pk}", daemon=True
            )
            entry.thread.start()


def _keep_fetching(pk: int, stop: Flag, name: str) -> None:
    pause = FIRST_PAUSE
    try:
        while not stop.is_set():
            try:
                pause = FIRST_PAUSE if _session(pk, stop, name) else LOOK_EVERY
            except Exception as error:
                logger.warning("mailbox %s: %s", pk, error, exc_info=not isinstance(error, OSError))
                _note(pk, error)
                pause = min(pause * 2, LONGEST_PAUSE)
            stop.wait(pause)
    finally:
        connections.close_all()


def _session(pk: int, stop: Flag, name: str) -> bool:
    """One connection, as long as it lasts; False where another process fetches."""
    box = Mailbox.objects.filter(pk=pk, is_active=True).first()
    if box is None:
        stop.set()
        return False
    lease = _Lease(box, name)
    if not lease.fresh():
        return False
    try:
        if box.fetch == MailboxFetch.POP3:
            _by_pop3(box, stop, lease)
        else:
            _by_imap(box, stop, lease)
    finally:
        release_fetching(box, name)
    return True


def _by_imap(box: Mailbox, stop: Flag, lease: "_Lease") -> None:
    with imap.opened(box) as session:
        while not stop.is_set() and lease.fresh():
            imap.fetch_new(session, stop, lease.fresh)
            note_fetched(box, now=timezone.now())
            imap.wait(session, stop, lease.fresh)


def _by_pop3(box: Mailbox, stop: Flag, lease: "_Lease") -> None:
    """A connection for each look: a POP3 server shows what was there when it began."""
    while not stop.is_set() and lease.fresh():
        with pop3.opened(box) as client:
            pop3.fetch_new(box, client, stop, lease.fresh)
        note_fetched(box, now=timezone.now())
        pop3.wait(stop, lease.fresh)


class _Lease:
    """The right to fetch, renewed every 30 seconds while it is used."""

    def __init__(self, box: Mailbox, name: str) -> None:
        self._box, self._name = box, name
        self._renewed = 0.0
        self._held = False

    def fresh(self) -> bool:
        now = timezone.now()
        if not self._held or now.timestamp() - self._renewed > RENEW_EVERY:
            self._held = claim_fetching(self._box, self._name, now=now)
            self._renewed = now.timestamp()
        return self._held


def _note(pk: int, error: Exception) -> None:
    """Say on the mailbox what is wrong, in words without secrets."""
    try:
        box = Mailbox.objects.without_secrets().filter(pk=pk).first()
        if box is not None:
            note_problem(box, _words(error), now=timezone.now())
    except Error:
        logger.exception("mailbox %s: its state could not be written", pk)
        connections.close_all()


def _words(error: Exception) -> str:
    if isinstance(error, NoToken):
        return f"no token: {error}"
    if isinstance(error, LoginError | pop3.SignInRefused):
        return f"sign-in refused: {error}"
    if isinstance(error, poplib.error_proto):
        return f"server: {pop3.words(error)}"
    if isinstance(error, IMAPClientError):
        return f"server: {error}"
    return f"{type(error).__name__}: {error}"
