"""Mailboxes and mails for tests."""

from datetime import UTC, datetime
from typing import Any

from leitstelle.accounts.actions import ensure_level_schemes
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.catalog import actions as catalog
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.tests.once import built_once
from leitstelle.sla import actions as sla
from leitstelle.tickets import actions as tickets

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
ADDRESS = "support@leitstelle.example"


@built_once
def desk(now: datetime = NOW, **more: Any) -> Mailbox:
    """The shipped master data and one mailbox."""
    ensure_level_schemes(now=now)
    calendars.ensure_defaults(now)
    catalog.ensure_defaults(now)
    tickets.ensure_defaults()
    sla.ensure_defaults(default_calendar(), name="Standard", now=now)
    return mailbox(more.pop("address", ADDRESS), now=now, **more)


def mailbox(address: str = ADDRESS, *, now: datetime = NOW, **more: Any) -> Mailbox:
    values = {"acknowledge": False, "is_default": address == ADDRESS} | more
    return Mailbox.objects.create(address=address, created_at=now, **values)


def mail(
    number: int = 1,
    *,
    sender: str = "Jürgen Müller <jm@kunde.example>",
    subject: str = "Drucker druckt nicht",
    text: str = "Der Drucker im Flur druckt nicht.",
    headers: str = "",
    message_id: str | None = None,
) -> bytes:
    """A plain mail; `headers` are further header lines."""
    identifier = f"mail-{number}@kunde.example" if message_id is None else message_id
    lines = [
        f"From: {sender}",
        f"To: {ADDRESS}",
        f"Subject: {subject}",
        "Date: Fri, 20 Nov 2026 10:12:00 +0100",
        *([f"Message-ID: <{identifier}>"] if identifier else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        *([headers.rstrip("\n")] if headers else []),
        "",
        text,
        "",
    ]
    return "\r\n".join("\r\n".join(lines).split("\n")).replace("\r\r\n", "\r\n").encode()
