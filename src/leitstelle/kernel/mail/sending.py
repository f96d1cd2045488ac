"""One try to send a mail, and what follows from it. Called by the subscriber and by the clock, outside of units."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.events import Actor, record, unit
from leitstelle.kernel.mail.actions import subject_of
from leitstelle.kernel.mail.choices import HoldReason, MailState, RecipientState
from leitstelle.kernel.mail.events import MailFailed, MailHeld, MailSent, MailWithdrawn
from leitstelle.kernel.mail.gateways import Outcome, Reply, Result, deliver
from leitstelle.kernel.mail.guards import objections
from leitstelle.kernel.mail.models import OutboxMail, OutboxRecipient
from leitstelle.kernel.mail.rules import next_try
from leitstelle.kernel.mail.transports import SmtpConfig, resolve_transport

logger = logging.getLogger("leitstelle.mail")

ACTOR = Actor.system("outbox")
UNREADABLE_PAUSE = timedelta(minutes=5)
# Longer than all steps of one try with their time limits.
ABANDONED_AFTER = timedelta(minutes=15)
_STATE_OF = {
    Outcome.ACCEPTED: RecipientState.SENT,
    Outcome.PERMANENT: RecipientState.FAILED,
    Outcome.TEMPORARY: RecipientState.QUEUED,
    Outcome.UNKNOWN: RecipientState.UNKNOWN,
}


def send(mail_id: int, now: datetime) -> None:
    """Try to send a mail that is due; nothing happens where somebody else does or it is settled."""
    mail = OutboxMail.objects.filter(pk=mail_id, state=MailState.QUEUED).first()
    if mail is None or (mail.next_try is not None and mail.next_try > now):
        return
    config = resolve_transport(mail.transport)
    if _withdraw(mail, now):
        return
    if config is None:
        _hold(mail, now)
        return
    try:
        raw = read_blob(mail.raw)
    except OSError as error:
        _put_off(mail, error, now)
        return
    if _claim(mail, now):
        waiting = list(mail.recipients.filter(state=RecipientState.QUEUED).order_by("pk"))
        addresses = [recipient.address for recipient in waiting]
        result = deliver(config, mail.sender, addresses, raw, before_data=lambda: _mark_data(mail))
        _note(mail, waiting, result, config, now)


def rescue(now: datetime) -> int:
    """Settle tries that died with their process: unclear where the content was on its way, else due again."""
    count = 0
    dead = OutboxMail.objects.filter(state=MailState.SENDING, attempted_at__lt=now - ABANDONED_AFTER)
    for mail in list(dead):
        waiting = list(mail.recipients.filter(state=RecipientState.QUEUED))
        outcome = Outcome.UNKNOWN if mail.data_started else Outcome.TEMPORARY
        result = Result(Reply(outcome, 0, "the sending process ended"))
        _note(mail, waiting, result, resolve_transport(mail.transport), now)
        count += 1
    return count


def due(now: datetime, limit: int = 200) -> list[int]:
    """Mails whose next try is due; the first try belongs to the subscriber."""
    queued = OutboxMail.objects.filter(state=MailState.QUEUED, next_try__lte=now)
    return list(queued.order_by("next_try").values_list("pk", flat=True)[:limit])


def _claim(mail: OutboxMail, now: datetime) -> bool:
    free = OutboxMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).filter(
        Q(next_try__isnull=True) | Q(next_try__lte=now)
    )
    changed = free.update(
        state=MailState.SENDING, attempts=F("attempts") + 1, attempted_at=now, data_started=False
    )
    mail.refresh_from_db()
    return bool(changed)


def _put_off(mail: OutboxMail, error: OSError, now: datetime) -> None:
    """Its bytes cannot be read now (disk, bucket): it waits, is no try, and holds up no other mail."""
    logger.error("mail %s cannot be read: %s", mail.pk, error)
    OutboxMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        next_try=now + UNREADABLE_PAUSE, last_error=f"{type(error).__name__}: {error}"[:1000]
    )


def _mark_data(mail: OutboxMail) -> None:
    """Committed before the content leaves: after a crash it shows that the mail may have arrived."""
    OutboxMail.objects.filter(pk=mail.pk).update(data_started=True)


@unit
def _withdraw(mail: OutboxMail, now: datetime) -> bool:
    """Keep a mail that a guard no longer lets out from leaving; returns whether it stays. Records `MailWithdrawn`."""
    against = objections(mail, now)
    if not against:
        return False
    if OutboxMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        state=MailState.SKIPPED, next_try=None
    ):
        mail.recipients.filter(state=RecipientState.QUEUED).update(state=RecipientState.SKIPPED, at=now)
        for guard in against:
            guard.withdrawn(mail, now)
        record(MailWithdrawn(mail.pk), subject=subject_of(mail), actor=ACTOR, at=now)
    return True


@unit
def _hold(mail: OutboxMail, now: datetime) -> None:
    changed = OutboxMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        state=MailState.HELD, hold_reason=HoldReason.NO_TRANSPORT
    )
    if changed:
        record(MailHeld(mail.pk, HoldReason.NO_TRANSPORT), subject=subject_of(mail), actor=ACTOR, at=now)


@unit
def _note(
    mail: OutboxMail, waiting: list[OutboxRecipient], result: Result, config: SmtpConfig | None, now: datetime
) -> None:
    """Write down what the server said about each recipient, and settle the mail or plan the next try."""
    again = next_try(mail.attempts, mail.queued_at, now)
    for recipient in waiting:
        reply = result.about(recipient.address)
        state = _STATE_OF[reply.outcome]
        if reply.outcome is Outcome.UNKNOWN and config is not None and config.resend_unknown:
            state = RecipientState.QUEUED
        if state is RecipientState.QUEUED and again is None:
            state = RecipientState.FAILED
        recipient.state, recipient.at = state, now
        recipient.smtp_code, recipient.response = reply.code or None, reply.text
    OutboxRecipient.objects.bulk_update(waiting, ["state", "at", "smtp_code", "response"])
    states = set(mail.recipients.values_list("state", flat=True))
    mail.last_error = "" if result.reply.outcome is Outcome.ACCEPTED else _words(result.reply)
    mail.state = _mail_state(states)
    mail.next_try = again if mail.state == MailState.QUEUED else None
    mail.sent_at = now if mail.state == MailState.SENT else None
    mail.save(update_fields=["last_error", "state", "next_try", "sent_at"])
    _tell(mail, result, now)


def _mail_state(states: set[str]) -> MailState:
    """Open as long as one recipient is; then sent as soon as one has it. Single refusals stay at the recipient."""
    for recipient_state, mail_state in (
        (RecipientState.QUEUED, MailState.QUEUED),
        (RecipientState.UNKNOWN, MailState.UNKNOWN),
        (RecipientState.SENT, MailState.SENT),
    ):
        if recipient_state in states:
            return mail_state
    return MailState.FAILED


def _tell(mail: OutboxMail, result: Result, now: datetime) -> None:
    states = list(mail.recipients.values_list("state", flat=True))
    refused = states.count(RecipientState.FAILED)
    subject = subject_of(mail)
    if mail.state == MailState.SENT:
        record(
            MailSent(mail.pk, states.count(RecipientState.SENT), refused),
            subject=subject,
            actor=ACTOR,
            at=now,
        )
    if mail.state in (MailState.FAILED, MailState.UNKNOWN) or (mail.state == MailState.SENT and refused):
        worst = mail.recipients.filter(state__in=[RecipientState.FAILED, RecipientState.UNKNOWN]).first()
        code = worst.smtp_code if worst else None
        state = mail.state if mail.state != MailState.SENT else MailState.FAILED
        reason = "refused" if code else "no_answer"
        record(MailFailed(mail.pk, str(state), reason, code), subject=subject, actor=ACTOR, at=now)


def _words(reply: Reply) -> str:
    return f"{reply.code} {reply.text}".strip() if reply.code else reply.text
