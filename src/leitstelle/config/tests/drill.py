"""Beside a running desk in its own process: writes mail without pause (`write`), waits (`wait`), or looks (`look`).

`python -m leitstelle.config.tests.drill write N` prints `N tickets` once the worker made that many, goes on until its
standard input closes, then prints as JSON how many mails and tickets there are. `wait SUBJECT` ends when a ticket has
that subject. `look` prints what the database holds and what does not fit together, as JSON.
"""

import json
import sys
import threading
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from importlib import import_module
from typing import Any

from leitstelle.config.cli.table import set_up_django

ATTACHMENT = 40_000


def mail(number: int, subject: str = "") -> bytes:
    """A mail with umlauts and an attachment of its own."""
    found = EmailMessage()
    found["From"] = f"Jana Kunde <jana{number % 7}@kunde.example>"
    found["To"] = "support@hafen.example"
    found["Subject"] = subject or f"Drucker {number} im Büro streikt"
    found["Message-ID"] = f"<drill-{number}-{subject or 'x'}@kunde.example>".replace(" ", "")
    found.set_content(f"Guten Tag,\n\nseit heute früh geht Gerät {number} nicht mehr. Übungsalarm!\n")
    content = f"Protokoll {number}\n".encode() * (ATTACHMENT // 14)
    found.add_attachment(
        content, maintype="application", subtype="octet-stream", filename=f"log-{number}.bin"
    )
    return found.as_bytes()


def make_mailbox() -> None:
    """The desk's address, taking mail by a pipe."""
    actions = import_module("leitstelle.intake.actions")
    system = import_module("leitstelle.kernel.viewer").Viewer.system()
    if not import_module("leitstelle.intake.models").Mailbox.objects.exists():
        box = actions.MailboxInput(address="support@hafen.example", is_default=True)
        actions.create_mailbox(box, by=system, now=datetime.now(UTC))


def write(wanted: int) -> None:
    """Deliver mail after mail; the worker makes tickets of them meanwhile."""
    deliver = import_module("leitstelle.intake.tasks").deliver
    tickets = import_module("leitstelle.tickets.models").Ticket.objects
    make_mailbox()
    stop = threading.Event()

    def stop_at_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=stop_at_end, daemon=True).start()
    number, told = 0, False
    while not stop.wait(0.02):
        number += 1
        deliver(mail(number), "")
        if not told and tickets.count() >= wanted:
            told = True
            tell(f"{wanted} tickets")
    tell(json.dumps({"mails": number, "tickets": tickets.count()}))


def tell(line: str) -> None:
    """Say something to the process that started this one."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def wait(subject: str) -> None:
    """Until a ticket has this subject; who started this process ends it when that takes too long."""
    tickets = import_module("leitstelle.tickets.models").Ticket.objects
    while not tickets.filter(subject=subject).exists():
        time.sleep(0.3)


def look() -> dict[str, Any]:
    """Count what there is, and name whatever is torn."""
    tickets = import_module("leitstelle.tickets.models")
    events = import_module("leitstelle.kernel.events").Event.objects
    blobs = import_module("leitstelle.kernel.blobs.cleaning").check(read=True)
    outbox = import_module("leitstelle.kernel.mail").OutboxMail.objects
    opened = set(events.filter(code="ticket.opened").values_list("subject_id", flat=True))
    spoken = set(tickets.Message.objects.filter(body__isnull=False).values_list("ticket_id", flat=True))
    known = set(tickets.Ticket.objects.values_list("pk", flat=True))
    return {
        "tickets": len(known),
        "without_event": sorted(known - opened),
        "without_ticket": sorted(opened - known),
        "without_message": sorted(known - spoken),
        "attachments": tickets.Attachment.objects.count(),
        "files": blobs.rows,
        "broken_files": [*blobs.missing, *blobs.damaged],
        "held": outbox.filter(state="held", hold_reason="restored").count(),
        "waiting": outbox.filter(state__in=["queued", "sending"]).count(),
    }


if __name__ == "__main__":
    set_up_django()
    if sys.argv[1] == "write":
        write(int(sys.argv[2]))
    elif sys.argv[1] == "wait":
        wait(sys.argv[2])
    else:
        tell(json.dumps(look()))
