"""Entry points of intake's work: the MTA pipe, the fetching service, the search for stranded mail."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from django.utils import timezone

from leitstelle.intake.actions import accept_oversize, accept_raw, quarantine
from leitstelle.intake.actions.accept import max_mail_bytes
from leitstelle.intake.actions.chat import end_quiet_chats
from leitstelle.intake.actions.portal import forget_unconfirmed
from leitstelle.intake.actions.spam import forget_spam
from leitstelle.intake.actions.telephony import apply_request
from leitstelle.intake.choices import InboundState, Reason, SignIn, TelephonyEventState
from leitstelle.intake.errors import NoMailbox
from leitstelle.intake.gateways.fetching import run_mailboxes
from leitstelle.intake.gateways.oauth import access_token, house_token
from leitstelle.intake.models import InboundMail, Mailbox, TelephonyEvent
from leitstelle.intake.queries import mailbox_for
from leitstelle.intake.queries.signing import signer_of
from leitstelle.intake.rules.mail.acceptance import header_part, recipients
from leitstelle.kernel.mail import SmtpConfig, register_transport
from leitstelle.kernel.mail.signatures import register_signer
from leitstelle.kernel.mail.transports import Security, register_house_tokens
from leitstelle.kernel.work import Delivery, DeliveryState, register_service, schedule

logger = logging.getLogger("leitstelle.intake")


def deliver_from(stream: BinaryIO, address: str = "") -> str:
    """As `deliver`, read from `stream`. Of a mail that is too large only its headers are kept, in memory too."""
    most = max_mail_bytes()
    raw = stream.read(most + 1)
    if len(raw) <= most:
        return deliver(raw, address)
    size, headers = len(raw), header_part(raw)
    del raw
    while piece := stream.read(1024 * 1024):
        size += len(piece)
    box = mailbox_for([address] if address else recipients(headers))
    if box is None:
        raise NoMailbox()
    now = timezone.now()
    held = accept_oversize(box, headers, size, received_at=now, source="pipe", now=now)
    return str(held.public_id)


def deliver(raw: bytes, address: str = "") -> str:
    """Accept one mail from an MTA and return its public id; when this returns, the mail is durable.

    `address` is the envelope recipient; without it the recipients in the headers choose the mailbox, else the
    default one takes it. Raises `NoMailbox` and what database and disk raise.
    """
    if not raw.strip():
        raise ValueError("empty input")
    box = mailbox_for([address] if address else recipients(raw))
    if box is None:
        raise NoMailbox()
    now = timezone.now()
    return str(accept_raw(box, raw, received_at=now, source="pipe", now=now).public_id)


@schedule("intake.stranded_mail", every=timedelta(minutes=2))
def find_stranded(now: datetime) -> int:
    """Quarantine accepted mail whose processing was given up, so that people see it. Returns how many."""
    dead = Delivery.objects.filter(subscriber="intake.process_mail", state=DeliveryState.FAILED)
    waiting = InboundMail.objects.filter(state=InboundState.ACCEPTED, pk__in=dead.values("subject_id"))
    busy = Delivery.objects.filter(
        subscriber="intake.process_mail", state__in=(DeliveryState.READY, DeliveryState.RUNNING)
    )
    stranded = list(waiting.exclude(pk__in=busy.values("subject_id"))[:500])
    told = dict(
        dead.filter(subject_id__in=[mail.pk for mail in stranded]).values_list("subject_id", "last_error")
    )
    return sum(
        quarantine(mail, reason=Reason.DIED, detail=told.get(mail.pk, ""), now=now) for mail in stranded
    )


@schedule("intake.unconfirmed_reports", daily_at="03:40")
def forget_guests(now: datetime) -> int:
    """Delete what guests wrote and never confirmed. Returns how many reports."""
    return forget_unconfirmed(now)


def mailbox_account(key: str) -> SmtpConfig | None:
    """The submission server of a mailbox, for the transport `mailbox:<id>`."""
    box = Mailbox.objects.filter(pk=key).first() if key.isdecimal() else None
    if box is None or not box.smtp_host:
        return None
    return SmtpConfig(
        host=box.smtp_host,
        port=box.smtp_port,
        security=Security(box.smtp_tls),
        username=box.smtp_user or (box.address if box.smtp_auth == SignIn.OAUTH2 else ""),
        password=str(box.smtp_password),
        local_hostname=box.address.rpartition("@")[2],
        verify_certificate=box.smtp_verify,
        token=partial(access_token, box) if box.smtp_auth == SignIn.OAUTH2 else None,
    )


register_transport("mailbox", mailbox_account)
register_signer(signer_of)
register_house_tokens(house_token)
register_service("intake.mailboxes", run_mailboxes)


@schedule("intake.stranded_calls", every=timedelta(minutes=2))
def find_stranded_calls(now: datetime) -> int:
    """Understand what telephone systems told while the process that took it died. Returns how many."""
    rows = TelephonyEvent.objects.filter(
        state=TelephonyEventState.KEPT, received_at__lt=now - timedelta(minutes=1)
    )
    kept = list(rows.select_related("source").defer("source__secret").order_by("pk")[:500])
    return sum(apply_request(one, one.source).state == TelephonyEventState.APPLIED for one in kept)


@schedule("intake.telephony_events", daily_at="03:55")
def forget_told(now: datetime) -> int:
    """Delete what telephone systems sent after 30 days; the calls stay. Returns how many requests."""
    return TelephonyEvent.objects.filter(received_at__lt=now - timedelta(days=30)).delete()[0]


@schedule("intake.old_spam", daily_at="03:42")
def forget_old_spam(now: datetime) -> int:
    """Delete what the mail server called spam and nobody asked for within 30 days. Returns how many mails."""
    return forget_spam(now)


@schedule("intake.quiet_chats", every=timedelta(minutes=5))
def end_quiet(now: datetime) -> int:
    """End chats in which nobody writes any more. Returns how many."""
    return end_quiet_chats(now)
