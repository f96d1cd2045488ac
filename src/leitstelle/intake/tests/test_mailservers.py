"""Against real servers: Dovecot by IMAP, an SMTP server, and workers that are killed in the middle."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from leitstelle.intake.actions import accept as accepting
from leitstelle.intake.actions import claim_fetching
from leitstelle.intake.gateways import imap
from leitstelle.intake.gateways.fetching import run_mailboxes
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import ADDRESS, desk, mail
from leitstelle.intake.tests.servers import PASSWORD, Dovecot, SmtpServer, dovecot, smtp_server
from leitstelle.kernel.search.linguistics import lexicon
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import Delivery, DeliveryState, drain, run_worker
from leitstelle.tickets.actions import reply
from leitstelle.tickets.models import Message, Ticket

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

# Seconds without any progress after which a worker counts as stuck; longer than every lease it may have to wait for.
STANDSTILL = 240.0


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot(*(f"box{number}@leitstelle.example" for number in range(20))) as running:
        yield running


_used = iter(range(20))


@pytest.fixture
def box(server: Dovecot) -> Mailbox:
    """A mailbox of its own for each test."""
    address = f"box{next(_used)}@leitstelle.example"
    return desk(
        timezone.now(),
        address=address,
        fetch="imap",
        imap_host="127.0.0.1",
        imap_port=server.imap,
        imap_tls="none",
        imap_user=address,
        imap_password=PASSWORD,
        is_default=True,
    )


def fetch(box: Mailbox) -> int:
    box.refresh_from_db()
    with imap.opened(box) as session:
        return imap.fetch_new(session, threading.Event())


def look(server: Dovecot, box: Mailbox) -> Any:
    client = IMAPClient("127.0.0.1", port=server.imap, ssl=False)
    client.login(box.address, PASSWORD)
    client.select_folder("INBOX")
    return client


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.05)


# --- fetching ---


def test_new_mail_becomes_tickets_and_is_marked(server: Dovecot, box: Mailbox) -> None:
    server.deliver_many(box.address, [mail(1), mail(2, subject="Zweites")])
    assert fetch(box) == 2
    drain()
    assert Ticket.objects.count() == 2
    assert fetch(box) == 0
    client = look(server, box)
    assert client.search("UNSEEN") == []
    client.logout()


def test_mail_is_moved_where_wanted(server: Dovecot, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(imap_done_folder="Processed")
    server.deliver(box.address, mail(1))
    assert fetch(box) == 1
    client = look(server, box)
    assert client.search("ALL") == []
    assert client.folder_status("Processed", ["MESSAGES"])[b"MESSAGES"] == 1
    client.logout()


def test_an_old_archive_makes_no_tickets_the_first_time(server: Dovecot, box: Mailbox) -> None:
    server.deliver_many(box.address, [mail(1), mail(2)])
    client = look(server, box)
    client.add_flags(client.search("ALL")[:1], [b"\\Seen"])
    client.logout()
    assert fetch(box) == 1
    box.refresh_from_db()
    assert box.last_uid == 2
    server.deliver(box.address, mail(3))
    client = look(server, box)
    client.add_flags([3], [b"\\Seen"])  # a person was faster than we
    client.logout()
    assert fetch(box) == 1


def test_a_new_uid_validity_loses_and_doubles_nothing(server: Dovecot, box: Mailbox) -> None:
    """Trap 8."""
    server.deliver_many(box.address, [mail(1), mail(2)])
    assert fetch(box) == 2
    Mailbox.objects.filter(pk=box.pk).update(
        uid_validity=box.uid_validity + 7, last_uid=900, checked_at=timezone.now()
    )
    server.deliver(box.address, mail(3))
    fetch(box)
    drain()
    assert InboundMail.objects.count() == Ticket.objects.count() == 3


def test_a_connection_lost_after_storing_doubles_nothing(
    server: Dovecot, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 8."""
    server.deliver_many(box.address, [mail(1), mail(2), mail(3)])

    def cut(*_args: object) -> None:
        raise OSError("connection lost")

    with monkeypatch.context() as patched:
        patched.setattr(imap, "_mark", cut)
        for _ in range(3):
            with pytest.raises(OSError, match="lost"):
                fetch(box)
    assert InboundMail.objects.count() == 1
    fetch(box)
    assert InboundMail.objects.count() == 3


def test_only_the_headers_of_a_huge_mail_are_fetched(
    server: Dovecot, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 10."""
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 2000)
    monkeypatch.setattr(imap, "max_mail_bytes", lambda: 2000)
    server.deliver(box.address, mail(1, text="x" * 50_000))
    assert fetch(box) == 1
    held = InboundMail.objects.get()
    assert (held.state, held.reason_code) == ("quarantined", "too_large")
    assert held.raw.size < 2000


def test_tls_is_verified(server: Dovecot, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(imap_tls="tls", imap_port=server.imaps)
    with pytest.raises(OSError, match="certificate"):
        fetch(box)
    Mailbox.objects.filter(pk=box.pk).update(imap_verify=False)
    assert fetch(box) == 0
    Mailbox.objects.filter(pk=box.pk).update(imap_tls="starttls", imap_port=server.imap)
    assert fetch(box) == 0


def test_two_do_not_fetch_at_once(server: Dovecot, box: Mailbox) -> None:
    """Trap 8."""
    now = timezone.now()
    assert claim_fetching(box, "other/host:1:a", now=now)
    assert not claim_fetching(box, "other/host:2:b", now=now)
    assert claim_fetching(box, "other/host:2:b", now=now + 2 * (imap.LOOK_BACK))


def test_the_service_waits_by_idle_and_tells_trouble(server: Dovecot, box: Mailbox) -> None:
    stop = threading.Event()
    service = threading.Thread(target=run_mailboxes, args=(stop,))
    service.start()
    try:
        until(lambda: Mailbox.objects.get(pk=box.pk).state == "ok")
        started = time.monotonic()
        server.deliver(box.address, mail(1))
        until(lambda: InboundMail.objects.exists())
        assert time.monotonic() - started < 5
    finally:
        stop.set()
        service.join(20)
    assert not service.is_alive()
    assert Mailbox.objects.get(pk=box.pk).fetcher == ""


def test_a_refused_sign_in_is_shown(server: Dovecot, box: Mailbox) -> None:
    Mailbox.objects.filter(pk=box.pk).update(imap_user="nobody@leitstelle.example")
    with pytest.raises(IMAPClientError):
        fetch(box)
    stop = threading.Event()
    service = threading.Thread(target=run_mailboxes, args=(stop,))
    service.start()
    try:
        until(lambda: Mailbox.objects.get(pk=box.pk).state == "failing")
    finally:
        stop.set()
        service.join(20)
    shown = Mailbox.objects.get(pk=box.pk).last_error
    assert shown.startswith("sign-in refused")
    assert PASSWORD not in shown


def test_the_password_is_not_in_the_database_as_it_is(box: Mailbox) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT imap_password FROM intake_mailbox WHERE id = %s", [box.pk])
        assert PASSWORD not in cursor.fetchone()[0]


# --- answering ---


def outgoing(box: Mailbox, smtp: SmtpServer, **more: Any) -> None:
    values = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_tls": "none"} | more
    Mailbox.objects.filter(pk=box.pk).update(**values)


def work_until(condition: Callable[[], object]) -> None:
    """Run a worker in this process until something is true."""
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(stop,))
    worker.start()
    try:
        until(condition)
    finally:
        stop.set()
        worker.join(30)


def test_the_whole_way_and_back(server: Dovecot, box: Mailbox) -> None:
    with smtp_server() as smtp:
        outgoing(box, smtp, acknowledge=True)
        server.deliver(box.address, mail(1))
        fetch(box)
        drain()
        acknowledgement = smtp.wait_for(1)[0].mail
        assert acknowledgement["Auto-Submitted"] == "auto-replied"
        assert acknowledgement["In-Reply-To"] == "<mail-1@kunde.example>"
        ticket = Ticket.objects.get()
        message = reply(
            ticket, "Bitte neu starten.\n\nGrüße", recipients=(), by=Viewer.system(), now=timezone.now()
        )
        drain()
        sent = smtp.wait_for(2)[1]
        assert sent.recipients == ["jm@kunde.example"]
        assert sent.mail["Subject"] == f"Re: Drucker druckt nicht [#{ticket.number}]"
        assert "<mail-1@kunde.example>" in sent.mail["References"]
        assert sent.mail["Auto-Submitted"] is None
        plain = sent.mail.get_body(("plain",))
        assert plain is not None
        assert plain.get_content().splitlines()[:3] == ["Bitte neu starten.", "", "Grüße"]
        answer = mail(2, subject="AW: anders", headers=f"In-Reply-To: {sent.mail['Message-ID']}")
        server.deliver(box.address, answer)
        server.deliver(box.address, acknowledgement.as_bytes())  # somebody redirects our own mail to us
        fetch(box)
        drain()
    assert Ticket.objects.count() == 1
    assert ticket.messages.count() == 3
    message.refresh_from_db()
    assert message.recipients.get().delivery_state == "sent"
    assert InboundMail.objects.get(reason_code="own_mail").ticket is None


def test_a_refused_recipient_is_visible_on_the_ticket(server: Dovecot, box: Mailbox) -> None:
    with smtp_server(user="desk") as smtp:
        outgoing(box, smtp, smtp_user="desk", smtp_password=PASSWORD)
        smtp.refuse["jm@kunde.example"] = "550 5.1.1 no such user"
        server.deliver(box.address, mail(1))
        fetch(box)
        drain()
        ticket = Ticket.objects.get()
        reply(ticket, "Hallo", recipients=(), by=Viewer.system(), now=timezone.now())
        drain()
    ticket.refresh_from_db()
    assert ticket.delivery_failed
    row = Message.objects.get(direction="outbound").recipients.get()
    assert row.delivery_state == "failed"
    assert "no such user" in row.delivery_detail


# --- killing ---


@pytest.fixture
def process_environment(tmp_path: Path, blob_root: Path) -> dict[str, str]:
    """The environment of a real process that works on this test's database and files."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LEITSTELLE")}
    environment |= {
        "LEITSTELLE_DATA": str(tmp_path),
        "SECRET_KEY": django_settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "leitstelle.config.settings",
        "LEITSTELLE_LOG_LEVEL": "ERROR",
        "DATABASE_URL": "",
    }
    values = connection.settings_dict
    if connection.vendor == "postgresql":
        place = f"{values['HOST'] or '127.0.0.1'}:{values['PORT'] or 5432}"
        account = f"{values['USER']}:{values['PASSWORD']}" if values["PASSWORD"] else values["USER"]
        environment["DATABASE_URL"] = f"postgresql://{account}@{place}/{values['NAME']}"
    else:
        (tmp_path / "leitstelle.sqlite3").symlink_to(values["NAME"])
    assert blob_root == tmp_path / "blobs"
    (tmp_path / "cache").symlink_to(lexicon.make().parent)
    return environment


@contextmanager
def worker(environment: dict[str, str], *, kill: bool = False) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process, killed or asked to stop at the end of the block. What it says goes into `worker.log`."""
    command = [sys.executable, "-m", "leitstelle", "worker", "--with-clock"]
    with (Path(environment["LEITSTELLE_DATA"]) / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if kill:
            os.kill(process.pid, signal.SIGKILL)
        else:
            process.terminate()
        try:
            process.wait(STANDSTILL)
        finally:
            process.kill()
            process.wait()


def settled(count: int) -> bool:
    open_work = Delivery.objects.filter(state__in=(DeliveryState.READY, DeliveryState.RUNNING))
    done = InboundMail.objects.filter(state="processed").count()
    return done >= count and not open_work.filter(subscriber="intake.process_mail").exists()


def seen() -> dict[str, object]:
    """Where the work stands; tells in a failure what hung."""
    mails = InboundMail.objects.values_list("state", "reason_code", "reason_detail")
    work = Delivery.objects.filter(subscriber="intake.process_mail")
    fields = ("state", "attempts", "claimed_by", "claimed_until", "next_try", "last_error")
    return {
        "mails": sorted(Counter(mails).items()),
        "work": dict(Counter(work.values_list("state", flat=True))),
        "unfinished": list(work.exclude(state=DeliveryState.DONE).values_list(*fields)[:5]),
        "mailbox": list(Mailbox.objects.values_list("state", "last_error", "fetcher", "last_uid")),
    }


def wait_while_it_moves(
    process: "subprocess.Popen[bytes]", environment: dict[str, str], done: Callable[[], object]
) -> None:
    """Wait for `done` however slow the machine is; fail with all that is known once nothing moves any more."""
    last, since = seen()["mails"], time.monotonic()
    while not done():
        now = seen()
        if now["mails"] != last:
            last, since = now["mails"], time.monotonic()
        if process.poll() is not None or time.monotonic() - since > STANDSTILL:
            log = (Path(environment["LEITSTELLE_DATA"]) / "worker.log").read_text("utf-8", "replace")
            pytest.fail(f"nothing moves; worker: {process.poll()}\n{now}\n{log[-4000:]}")
        time.sleep(0.05)


def kill_run(
    server: Dovecot, box: Mailbox, environment: dict[str, str], *, mails: int, kills: int, seed: int
) -> None:
    """Fetch `mails` with workers that are killed `kills` times at random moments; exactly as many tickets stay."""
    rnd = random.Random(seed)
    senders = [f"Person {number} <p{number}@kunde.example>" for number in range(17)]
    server.deliver_many(
        box.address, [mail(n, subject=f"Fall {n}", sender=senders[n % 17]) for n in range(mails)]
    )
    done = InboundMail.objects.filter(state="processed")
    for _ in range(kills):
        before = InboundMail.objects.count() + done.count()
        with worker(environment, kill=True) as process:
            wait_while_it_moves(
                process,
                environment,
                lambda before=before: InboundMail.objects.count() + done.count() > before or settled(mails),  # type: ignore[misc]
            )
            time.sleep(rnd.uniform(0.0, 0.1))
    with worker(environment) as process:
        wait_while_it_moves(process, environment, lambda: settled(mails))
    subjects = sorted(Ticket.objects.values_list("subject", flat=True))
    assert subjects == sorted(f"Fall {number}" for number in range(mails)), seen()
    assert InboundMail.objects.count() == Message.objects.count() == mails, seen()


def test_killed_workers_lose_and_double_nothing(
    server: Dovecot, box: Mailbox, process_environment: dict[str, str]
) -> None:
    """Traps 8 and 9."""
    kill_run(server, box, process_environment, mails=200, kills=5, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_killed_workers_at_full_size(
    server: Dovecot, box: Mailbox, process_environment: dict[str, str], seed: int
) -> None:
    kill_run(server, box, process_environment, mails=2000, kills=25, seed=seed)


def test_the_pipe_answers_by_exit_code(box: Mailbox, process_environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "leitstelle", "mail", "deliver", "--mailbox", box.address]
    done = subprocess.run(command, env=process_environment, input=mail(1), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert InboundMail.objects.get().state == "accepted"
    Mailbox.objects.update(is_active=False)
    refused = subprocess.run(
        command, env=process_environment, input=mail(2), capture_output=True, check=False
    )
    assert refused.returncode == 75
    assert InboundMail.objects.count() == 1
    assert ADDRESS not in refused.stderr.decode()
