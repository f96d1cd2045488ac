"""From an accepted mail to a ticket or a message: one decision after the other, in one transaction.

Everything slow (reading, parsing, storing files) happens before the transaction; inside it the mail is claimed by a
conditional update, so that however often this runs, exactly one result stays.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.becoming import added, added_to_vendor, bounced, opened
from leitstelle.intake.actions.content import file_of, remember_ids
from leitstelle.intake.actions.contents import keep_events, keep_numbers
from leitstelle.intake.actions.mail_work import Outcome, Work
from leitstelle.intake.actions.placing import (
    FirstCopyOpen,
    corrected,
    identify,
    is_spam,
    joined,
    of_vendor,
    thread,
)
from leitstelle.intake.actions.quarantining import quarantine
from leitstelle.intake.choices import InboundState, Reason, Step
from leitstelle.intake.events import MailProcessed
from leitstelle.intake.models import InboundMail
from leitstelle.intake.queries import own_addresses
from leitstelle.intake.queries.contents import unlock_for
from leitstelle.intake.rules.mail import parse_mail
from leitstelle.intake.rules.mail.absence import away_until
from leitstelle.intake.rules.mail.automatic import (
    KIND_BOUNCE,
    KIND_OUT_OF_OFFICE,
    KIND_OWN,
    KINDS_THAT_MAY_OPEN,
)
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.db import is_transient, retry_transient
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail import is_own_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket

# The machine's trouble, not the mail's: the same mail may well be understood when that is over.
_NOT_ITS_FAULT = (OperationalError, InterfaceError, OSError, MemoryError)
_SEALED = {False: "opened", True: "no key opens it"}


class _Gone(Exception):
    """Somebody else processed the mail meanwhile."""


def process_mail(mail: InboundMail, *, now: datetime) -> InboundMail:
    """Understand an accepted mail and let a ticket or a message come of it; does nothing for any other.

    Records `MailProcessed`, and what the ticket actions record. A mail that fails by itself goes to quarantine with
    the reason. Raises `FirstCopyOpen`, and what is not the mail's fault (database, disk, memory): it asks for another
    try later.
    """
    if mail.state != InboundState.ACCEPTED:
        return mail
    try:
        work = _prepare(mail, now)
        retry_transient(_apply)(work)
    except _Gone:
        pass
    except (FirstCopyOpen, *_NOT_ITS_FAULT):
        raise
    except Exception as error:
        if is_transient(error):
            raise
        quarantine(mail, reason=Reason.FAILED, error=error, now=now)
    mail.refresh_from_db()
    return mail


def _prepare(mail: InboundMail, now: datetime) -> Work:
    own = own_addresses()
    unlock = unlock_for(mail.mailbox, mail.received_at)
    parsed = parse_mail(read_blob(mail.raw), own_addresses=own, is_own=is_own_mail, unlock=unlock)
    files = tuple(file_of(attachment) for attachment in parsed.attachments if attachment.data)
    return Work(mail, parsed, files, own, Viewer.system(), now)


def _apply(work: Work) -> None:
    work.decisions.clear()
    with unit():
        taken = InboundMail.objects.filter(pk=work.mail.pk, state=InboundState.ACCEPTED)
        if not taken.update(state=InboundState.PROCESSED, processed_at=work.now):
            raise _Gone
        _finish(work, _decide(work))


def _decide(work: Work) -> Outcome:
    parsed = work.parsed
    work.note(Step.UNDERSTOOD, "; ".join(parsed.defects), ", ".join(parsed.charsets))
    verdict = parsed.automatic
    work.note(Step.AUTOMATIC, verdict.why, verdict.kind or "no")
    if verdict.kind == KIND_OWN:
        return Outcome("kept", state=InboundState.DISCARDED, reason=Reason.OWN_MAIL)
    if is_spam(work):
        return Outcome("spam", state=InboundState.SPAM, reason=Reason.SPAM)
    copy = joined(work)
    if copy is not None:
        return copy
    case = of_vendor(work)
    if case is not None:
        return added_to_vendor(work, case)
    identify(work)
    if verdict.kind == KIND_BOUNCE:
        return bounced(work)
    found = thread(work)
    ticket = Ticket.objects.select_related("status").get(pk=found.ticket) if found.ticket else None
    ticket = corrected(work, ticket)
    if verdict.is_automatic and ticket is None and verdict.kind not in KINDS_THAT_MAY_OPEN:
        work.note(Step.TICKET, "automatic mail that answers nothing we know", "kept without ticket")
        return Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    return added(work, ticket) if ticket is not None else opened(work, None)


def _note_contents(work: Work, outcome: Outcome) -> None:
    """What the reader should know of the mail beside its words."""
    parsed = work.parsed
    if parsed.encrypted:
        work.note(
            Step.SEALED, parsed.encrypted.partition("-")[0], _SEALED[parsed.encrypted.endswith("-closed")]
        )
    if parsed.signature is not None:
        signature = parsed.signature
        work.note(Step.SIGNATURE, signature.signer, signature.why, state=signature.state, kind=signature.kind)
    if parsed.automatic.kind == KIND_OUT_OF_OFFICE:
        arrived = timezone.localtime(work.mail.received_at, ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE))
        until = away_until(f"{parsed.subject}\n{parsed.reply_text or parsed.text}", arrived.date())
        if until is not None:
            work.note(Step.AWAY, until.isoformat())
    for event in parsed.events[:3]:
        work.note(Step.EVENT, event.summary, event.method)
    writer, ticket = work.writer, outcome.ticket
    if writer is not None and ticket is not None and outcome.vendor_case is None and work.trust.believed:
        numbers = keep_numbers(ticket, parsed, writer.email)
        if numbers:
            work.note(Step.EXTERNAL, ", ".join(numbers))


def _finish(work: Work, outcome: Outcome) -> None:
    mail, parsed = work.mail, work.parsed
    if outcome.outcome != "joined":
        _note_contents(work, outcome)
    InboundMail.objects.filter(pk=mail.pk).update(
        state=outcome.state,
        reason_code=outcome.reason,
        reason_detail="",
        error_trace="",
        decisions=work.decisions,
        attempts=mail.attempts + 1,
        ticket=outcome.ticket,
        entry=outcome.message,
    )
    if outcome.message is not None and outcome.outcome != "joined":
        keep_events(outcome.message, parsed)
    if outcome.ticket is not None and outcome.outcome != "joined":
        remember_ids(outcome.ticket, outcome.message, parsed, outcome.vendor_case)
    data = MailProcessed(
        outcome=outcome.outcome,
        ticket_id=outcome.ticket.pk if outcome.ticket else None,
        message_id=outcome.message.pk if outcome.message else None,
        automatic_kind=parsed.automatic.kind,
    )
    record(data, subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=work.now)
