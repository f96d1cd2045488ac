"""Everything that changes the outbox on somebody's intent: queueing, retrying, releasing what was held."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.blobs import store
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import Actor, Event, Subject, record, unit
from leitstelle.kernel.mail.choices import HoldReason, MailState, RecipientState
from leitstelle.kernel.mail.events import MailDropped, MailHeld, MailQueued, MailReleased
from leitstelle.kernel.mail.models import OutboxMail, OutboxRecipient, RestoreMark
from leitstelle.kernel.mail.outgoing import Outgoing
from leitstelle.kernel.mail.rendering import new_message_id, render
from leitstelle.kernel.mail.restoring import stems_from_before_restore
from leitstelle.kernel.mail.rules import message_id, never_automatically, one_line, parse_address
from leitstelle.kernel.mail.signatures import signer_for
from leitstelle.kernel.mail.transports import resolve_transport

# So many automatic mails an hour to one address, or about one subject, are no conversation but a loop.
AUTOMATIC_PER_HOUR = 20
AUTOMATIC_PER_THREAD = 10


@unit
def queue_mail(outgoing: Outgoing, *, actor: Actor, now: datetime) -> OutboxMail:
    """Render a mail, keep it, and let the worker send it after commit; records `MailQueued`.

    A Message-ID that is in the outbox already returns that mail: a subscriber that runs twice sends once.
    Automatic mail leaves out addresses that never get any (`skipped` where none is left), and is held where one
    recipient got too many within the hour, or too many left about the same subject (`MailHeld`). Raises InvalidInput
    for addresses that cannot be used.
    """
    try:
        own_id = (
            message_id(outgoing.message_id) if outgoing.message_id else new_message_id(outgoing.from_email)
        )
        known = OutboxMail.objects.filter(message_id=own_id).first()
        if known is not None:
            return known
        addresses = _envelope(outgoing)
        sender = parse_address(outgoing.from_email).addr_spec
        raw = render(outgoing, own_id, now, signer_for(sender, now))
    except ValueError as error:
        raise InvalidInput(message=_("This mail cannot be sent: %(reason)s."), reason=str(error)) from error
    mail = OutboxMail.objects.create(
        transport=outgoing.transport,
        message_id=own_id,
        sender=sender,
        subject=one_line(outgoing.subject)[:500],
        automatic=outgoing.automatic,
        subject_kind=outgoing.subject_ref.kind if outgoing.subject_ref else "",
        subject_id=outgoing.subject_ref.id if outgoing.subject_ref else None,
        raw=store(raw, declared_type="message/rfc822"),
        created_at=now,
        queued_at=now,
    )
    OutboxRecipient.objects.bulk_create(
        OutboxRecipient(mail=mail, address=address, state=_first_state(address, outgoing))
        for address in addresses
    )
    _decide(mail, actor, now)
    return mail


@unit
def retry_mail(mail: OutboxMail, *, actor: Actor, now: datetime) -> None:
    """Try a failed, held or unclear mail again, at those recipients that do not have it; records `MailReleased`.

    After an unclear result the recipient may get the mail twice; that is for the person who asks to decide.
    Raises Conflict where the mail is in another state.
    """
    changed = OutboxMail.objects.filter(
        pk=mail.pk, state__in=[MailState.FAILED, MailState.UNKNOWN, MailState.HELD]
    ).update(state=MailState.QUEUED, hold_reason="", next_try=None, queued_at=now, data_started=False)
    if not changed:
        raise Conflict(message=_("This mail is not waiting for a decision."))
    mail.recipients.filter(state__in=[RecipientState.FAILED, RecipientState.UNKNOWN]).update(
        state=RecipientState.QUEUED
    )
    record(MailReleased(mail.pk), subject=subject_of(mail), actor=actor, at=now)


@unit
def resend_mail(mail: OutboxMail, addresses: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Send a mail again to these recipients, whatever a server said before; records `MailReleased`.

    Bytes and Message-ID stay. Who was left out when it was queued is added. Raises Conflict while it is under way.
    """
    settled = [MailState.SENT, MailState.FAILED, MailState.UNKNOWN]
    changed = OutboxMail.objects.filter(pk=mail.pk, state__in=settled).update(
        state=MailState.QUEUED, hold_reason="", next_try=None, queued_at=now, data_started=False, attempts=0
    )
    if not changed:
        raise Conflict(message=_("This mail is not waiting for a decision."))
    known = {row.address.lower(): row for row in mail.recipients.all()}
    for address in addresses:
        row = known.get(address.lower()) or OutboxRecipient(
            mail=mail, address=parse_address(address).addr_spec
        )
        row.state = RecipientState.QUEUED
        row.save()
    record(MailReleased(mail.pk), subject=subject_of(mail), actor=actor, at=now)


def release_held(*, actor: Actor, now: datetime) -> int:
    """Send what was held because no account was configured, as far as there is one now; returns how many."""
    held = OutboxMail.objects.filter(state=MailState.HELD, hold_reason=HoldReason.NO_TRANSPORT)
    transports = held.values_list("transport", flat=True).distinct()
    ready = [transport for transport in transports if resolve_transport(transport) is not None]
    released = list(held.filter(transport__in=ready).order_by("pk")[:500])
    for mail in released:
        retry_mail(mail, actor=actor, now=now)
    return len(released)


@unit
def hold_after_restore(*, actor: Actor, now: datetime) -> int:
    """Hold every mail that waited when the backup was made, and what older events still bring; returns how many.

    It may have been sent between backup and restore, so that a person decides (`release_restored`). Records
    `MailHeld` for each.
    """
    RestoreMark.objects.create(event_id=Event.objects.aggregate(last=Max("id"))["last"] or 0, at=now)
    waiting = Q(state__in=[MailState.QUEUED, MailState.SENDING]) | Q(
        state=MailState.HELD, hold_reason=HoldReason.NO_TRANSPORT
    )
    held = list(OutboxMail.objects.filter(waiting).order_by("pk"))
    for mail in held:
        _hold(mail, HoldReason.RESTORED, actor, now)
        mail.next_try = None
        mail.save(update_fields=["state", "hold_reason", "next_try"])
    return len(held)


def release_restored(*, actor: Actor, now: datetime) -> int:
    """Send what was held because the desk was restored; returns how many. Some recipients may get a mail twice."""
    held = list(
        OutboxMail.objects.filter(state=MailState.HELD, hold_reason=HoldReason.RESTORED).order_by("pk")
    )
    for mail in held:
        retry_mail(mail, actor=actor, now=now)
    return len(held)


@unit
def drop_restored(*, actor: Actor, now: datetime) -> int:
    """Give up what was held because the desk was restored: it went out before. Returns how many.

    Records `MailDropped` for each.
    """
    held = list(
        OutboxMail.objects.filter(state=MailState.HELD, hold_reason=HoldReason.RESTORED).order_by("pk")
    )
    for mail in held:
        mail.state = MailState.SKIPPED
        mail.save(update_fields=["state"])
        record(MailDropped(mail.pk), subject=subject_of(mail), actor=actor, at=now)
    return len(held)


def subject_of(mail: OutboxMail) -> Subject:
    """What the events of a mail are about."""
    if mail.subject_kind and mail.subject_id is not None:
        return Subject(mail.subject_kind, mail.subject_id)
    return Subject("outbox", mail.pk)


def _envelope(outgoing: Outgoing) -> list[str]:
    """Every recipient once, whatever the case."""
    plain = [parse_address(text).addr_spec for text in (*outgoing.to, *outgoing.cc, *outgoing.bcc)]
    if not plain:
        raise ValueError("no recipient")
    return list({address.lower(): address for address in reversed(plain)}.values())[::-1]


def _first_state(address: str, outgoing: Outgoing) -> RecipientState:
    if outgoing.automatic and never_automatically(address):
        return RecipientState.SKIPPED
    return RecipientState.QUEUED


def _decide(mail: OutboxMail, actor: Actor, now: datetime) -> None:
    waiting = list(mail.recipients.filter(state=RecipientState.QUEUED).values_list("address", flat=True))
    if not waiting:
        mail.state = MailState.SKIPPED
    elif mail.automatic and any(_is_loop(address, mail, now) for address in waiting):
        _hold(mail, HoldReason.LOOP, actor, now)
    elif mail.automatic and _is_thread_loop(mail, now):
        _hold(mail, HoldReason.THREAD, actor, now)
    elif stems_from_before_restore():
        _hold(mail, HoldReason.RESTORED, actor, now)
    else:
        record(
            MailQueued(mail.pk, mail.message_id, mail.automatic),
            subject=subject_of(mail),
            actor=actor,
            at=now,
        )
        return
    mail.save(update_fields=["state", "hold_reason"])


def _hold(mail: OutboxMail, reason: HoldReason, actor: Actor, now: datetime) -> None:
    mail.state, mail.hold_reason = MailState.HELD, reason
    record(MailHeld(mail.pk, reason), subject=subject_of(mail), actor=actor, at=now)


def _is_loop(address: str, mail: OutboxMail, now: datetime) -> bool:
    limit: int = getattr(settings, "MAIL_AUTOMATIC_PER_HOUR", AUTOMATIC_PER_HOUR)
    recent = OutboxRecipient.objects.filter(
        address__iexact=address, mail__automatic=True, mail__created_at__gt=now - timedelta(hours=1)
    )
    return recent.exclude(mail=mail).exclude(state=RecipientState.SKIPPED)[:limit].count() >= limit


def _is_thread_loop(mail: OutboxMail, now: datetime) -> bool:
    """Machines that change their address with every mail are known by the ticket they go to and fro about."""
    if mail.subject_id is None:
        return False
    limit: int = getattr(settings, "MAIL_AUTOMATIC_PER_THREAD", AUTOMATIC_PER_THREAD)
    recent = OutboxMail.objects.filter(
        subject_kind=mail.subject_kind,
        subject_id=mail.subject_id,
        automatic=True,
        created_at__gt=now - timedelta(hours=1),
    )
    return recent.exclude(pk=mail.pk).exclude(state=MailState.SKIPPED)[:limit].count() >= limit
