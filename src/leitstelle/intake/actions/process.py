"""From an accepted mail to a ticket or a message: one decision after the other, in one transaction.

Everything slow (reading, parsing, storing files) happens before the transaction; inside it the mail is claimed by a
conditional update, so that however often this runs, exactly one result stays.
"""

import traceback
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.bounces import (
    apply_bounce,
    apply_notice_bounce,
    bounced_notice,
    bounced_ticket,
)
from leitstelle.intake.actions.content import (
    file_of,
    inbound_message,
    is_of_the_desk,
    new_ticket,
    remember_ids,
)
from leitstelle.intake.actions.contents import keep_events, keep_numbers
from leitstelle.intake.choices import InboundState, Reason, Step
from leitstelle.intake.events import MailJoined, MailProcessed, MailQuarantined
from leitstelle.intake.models import InboundMail
from leitstelle.intake.queries import (
    first_copy,
    known_about,
    meant_ticket,
    own_addresses,
    takes_part,
    vendor_known,
)
from leitstelle.intake.queries.aside import heard_aside
from leitstelle.intake.queries.contents import unlock_for
from leitstelle.intake.queries.corrections import corrected_to
from leitstelle.intake.queries.spam import called_no_spam
from leitstelle.intake.rules.mail import ParsedMail, parse_mail
from leitstelle.intake.rules.mail.automatic import KIND_BOUNCE, KIND_OWN, KINDS_THAT_MAY_OPEN
from leitstelle.intake.rules.mail.identity import Writer, writer_of
from leitstelle.intake.rules.mail.spam import spam_verdict
from leitstelle.intake.rules.mail.threading import Decision, clues, decide
from leitstelle.intake.rules.mail.trust import Trust, trust_of
from leitstelle.intake.rules.mail.vendor import decide_vendor
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.db import is_transient, retry_transient
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail import is_own_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import (
    NewFile,
    NewMessage,
    add_message,
    link_tickets,
    open_ticket,
    receive_from_vendor,
)
from leitstelle.tickets.actions.status import follow_up_for
from leitstelle.tickets.choices import Audience, LinkKind
from leitstelle.tickets.models import Message, Ticket, VendorCase
from leitstelle.tickets.rules.life_cycle import FollowUp
from leitstelle.triage.actions.replies import add_reply, understood

# The machine's trouble, not the mail's: the same mail may well be understood when that is over.
_NOT_ITS_FAULT = (OperationalError, InterfaceError, OSError, MemoryError)


_SEALED = {False: "opened", True: "no key opens it"}


class FirstCopyOpen(Exception):
    """The same mail in another mailbox is still being worked on; ask again shortly."""


class _Gone(Exception):
    """Somebody else processed the mail meanwhile."""


@dataclass
class _Work:
    """One mail on its way through the decisions."""

    mail: InboundMail
    parsed: ParsedMail
    files: tuple[NewFile, ...]
    own: frozenset[str]
    by: Viewer
    now: datetime
    person: Person | None = None
    writer: Writer | None = None
    trust: Trust = Trust.NOT_CHECKED
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def note(self, step: Step, evidence: str, result: str = "", **more: Any) -> None:
        self.decisions.append({"step": str(step), "evidence": evidence[:500], "result": result, **more})


@dataclass(frozen=True)
class _Outcome:
    outcome: str
    ticket: Ticket | None = None
    message: Message | None = None
    state: InboundState = InboundState.PROCESSED
    reason: str = ""
    vendor_case: VendorCase | None = None


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


def _prepare(mail: InboundMail, now: datetime) -> _Work:
    own = own_addresses()
    unlock = unlock_for(mail.mailbox, mail.received_at)
    parsed = parse_mail(read_blob(mail.raw), own_addresses=own, is_own=is_own_mail, unlock=unlock)
    files = tuple(file_of(attachment) for attachment in parsed.attachments if attachment.data)
    return _Work(mail, parsed, files, own, Viewer.system(), now)


def _apply(work: _Work) -> None:
    work.decisions.clear()
    with unit():
        taken = InboundMail.objects.filter(pk=work.mail.pk, state=InboundState.ACCEPTED)
        if not taken.update(state=InboundState.PROCESSED, processed_at=work.now):
            raise _Gone
        _finish(work, _decide(work))


def _decide(work: _Work) -> _Outcome:
    parsed = work.parsed
    work.note(Step.UNDERSTOOD, "; ".join(parsed.defects), ", ".join(parsed.charsets))
    verdict = parsed.automatic
    work.note(Step.AUTOMATIC, verdict.why, verdict.kind or "no")
    if verdict.kind == KIND_OWN:
        return _Outcome("kept", state=InboundState.DISCARDED, reason=Reason.OWN_MAIL)
    if _is_spam(work):
        return _Outcome("spam", state=InboundState.SPAM, reason=Reason.SPAM)
    copy = _joined(work)
    if copy is not None:
        return copy
    of_vendor = _of_vendor(work)
    if of_vendor is not None:
        return _added_to_vendor(work, of_vendor)
    _identify(work)
    if verdict.kind == KIND_BOUNCE:
        return _bounced(work)
    found = _thread(work)
    ticket = Ticket.objects.select_related("status").get(pk=found.ticket) if found.ticket else None
    ticket = _corrected(work, ticket)
    if verdict.is_automatic and ticket is None and verdict.kind not in KINDS_THAT_MAY_OPEN:
        work.note(Step.TICKET, "automatic mail that answers nothing we know", "kept without ticket")
        return _Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    return _added(work, ticket) if ticket is not None else _opened(work, None)


def _is_spam(work: _Work) -> bool:
    """Whether the mail server says so; not for what answers a mail of ours, nor against somebody's word."""
    if not work.mail.mailbox.sort_spam:
        return False
    verdict = spam_verdict(work.parsed.headers.items)
    if not verdict.is_spam:
        return False
    evidence = clues(work.parsed, work.own)
    known = known_about(evidence, None)
    answers = any(known.token_of(value) for value in (*evidence.answered_ids, *evidence.plus_tokens))
    if answers or called_no_spam(work.mail):
        work.note(Step.SPAM, verdict.why, "not spam" if not answers else "found")
        return False
    work.note(Step.SPAM, verdict.why, "yes")
    return True


def _joined(work: _Work) -> _Outcome | None:
    first = first_copy(work.mail)
    if first is None:
        return None
    if first.state == InboundState.ACCEPTED:
        raise FirstCopyOpen
    if first.ticket is None:
        return None
    work.note(Step.SECOND_COPY, f"mail {first.pk} in {first.mailbox.address}", f"#{first.ticket.number}")
    joined = MailJoined(inbound_id=work.mail.pk, mailbox_id=work.mail.mailbox_id)
    record(joined, subject=Subject("ticket", first.ticket.pk), actor=ACTOR, at=work.now)
    return _Outcome("joined", first.ticket, first.entry)


def _of_vendor(work: _Work) -> VendorCase | None:
    """The case whose private thread the mail belongs to; decided before anything public can come of it."""
    writer = work.writer = writer_of(work.parsed, work.own)
    evidence = clues(work.parsed, work.own)
    found = decide_vendor(
        evidence, vendor_known(evidence, work.parsed.subject, writer.email if writer else "")
    )
    if found is None:
        return None
    step = f"{found.evidence.step} {found.evidence.value}".strip()
    work.note(Step.THREAD, step, "found", ticket=found.evidence.ticket)
    return VendorCase.objects.select_related("ticket__status", "vendor").get(pk=found.case)


def _added_to_vendor(work: _Work, case: VendorCase) -> _Outcome:
    """Nobody becomes a person or a participant by writing here."""
    writer, ticket = work.writer, case.ticket
    work.person = find_by_email(writer.email) if writer else None
    bounce = work.parsed.bounce
    origin = bounced_ticket(bounce) if bounce else None
    if bounce is not None and origin is not None:
        apply_bounce(bounce, origin, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", f"message {origin.pk}")
    new = inbound_message(work.mail, work.parsed, work.files, writer, work.person)
    ours = new.author_is_agent or (work.person is not None and takes_part(work.person, ticket))
    message = receive_from_vendor(
        case, replace(new, audience=Audience.VENDOR), counts=not ours, by=work.by, now=work.now
    )
    work.note(Step.TICKET, "", f"added to #{ticket.number}")
    return _Outcome("added", ticket, message, vendor_case=case)


def _identify(work: _Work) -> None:
    writer = work.writer = writer_of(work.parsed, work.own)
    if writer is None:
        work.note(Step.SENDER, "no usable sender address", "nobody")
        return
    verdict = trust_of(work.parsed.headers, work.mail.mailbox.mail_server, writer.email)
    work.trust = verdict.trust
    if verdict.trust is not Trust.NOT_CHECKED:
        work.note(Step.TRUST, verdict.why, verdict.trust)
    automatic = work.parsed.automatic.is_automatic
    if automatic and work.parsed.automatic.kind not in KINDS_THAT_MAY_OPEN:
        work.person = find_by_email(writer.email)
        work.note(Step.SENDER, writer.email, work.person.display_name if work.person else "unknown")
        return
    try:
        work.person, created = ensure_person_for_address(writer.email, writer.name, by=work.by, now=work.now)
    except DomainError as error:
        work.note(Step.SENDER, writer.email, f"nobody ({error.code})")
        return
    work.note(Step.SENDER, writer.email, "new person" if created else work.person.display_name)
    if writer.forwarded is not None:
        work.note(Step.FORWARDED, writer.forwarded.email, writer.forwarded.name)


def _thread(work: _Work) -> Decision:
    evidence = clues(work.parsed, work.own)
    address = work.writer.email if work.writer else ""
    # A number in the subject proves nothing by itself: it counts for somebody who is known to be who they say.
    decision = decide(evidence, known_about(evidence, work.person if work.trust.believed else None, address))
    for item in decision.evidence:
        result = "found" if item.accepted else item.note or "nothing"
        work.note(Step.THREAD, f"{item.step} {item.value}".strip(), result, ticket=item.ticket)
    return decision


def _corrected(work: _Work, found: Ticket | None) -> Ticket | None:
    """What somebody said about an earlier mail of this sender and thread counts more than what we found."""
    if work.writer is None or not work.trust.believed:
        return found
    ids = [work.parsed.in_reply_to, *work.parsed.references]
    target = corrected_to(work.mail.sender, found.pk if found else None, [one for one in ids if one])
    if target is None:
        return found
    work.note(Step.CORRECTED, "corrected before", f"added to #{target.number}")
    return target


def _bounced(work: _Work) -> _Outcome:
    bounce = work.parsed.bounce
    origin = bounced_ticket(bounce) if bounce else None
    if bounce is not None and origin is None and bounced_notice(bounce):
        apply_notice_bounce(bounce, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", "mail without a ticket")
        return _Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    if bounce is None or origin is None:
        found = _thread(work)
        ticket = Ticket.objects.filter(pk=found.ticket).first() if found.ticket else None
    else:
        ticket = origin.ticket
        apply_bounce(bounce, origin, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", f"message {origin.pk}")
    if ticket is None:
        work.note(Step.TICKET, "delivery report for no mail of ours", "kept without ticket")
        return _Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    return _added(work, ticket)


def _added(work: _Work, ticket: Ticket) -> _Outcome:
    new = _message(work)
    if work.person is not None and work.person.pk == ticket.requester_id:
        # Somebody of the desk with a problem of their own: here they are the requester.
        new = replace(new, author_is_agent=False)
    meant = meant_ticket(clues(work.parsed, work.own), ticket)
    if meant is not None:
        new = replace(new, written_to=meant)
    if work.writer and heard_aside(ticket, work.parsed.in_reply_to, work.writer.email, work.person):
        message = add_message(ticket, replace(new, audience=Audience.INTERNAL), by=work.by, now=work.now)
        work.note(Step.TICKET, "heard aside", f"added to #{ticket.number}")
        return _Outcome("added", ticket, message)
    reading = understood(ticket, new) if work.trust.believed else None
    if reading is not None:
        work.note(Step.MEANING, ", ".join(reading.cues), f"{reading.meaning} ({reading.confidence} %)")
    elif (
        not work.parsed.automatic.is_automatic
        and follow_up_for(ticket, work.mail.received_at) is FollowUp.NEW_TICKET
    ):
        work.note(Step.TICKET, f"closed too long ago #{ticket.number}", "new ticket")
        return _opened(work, ticket)
    message = add_reply(ticket, new, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"added to #{ticket.number}")
    return _Outcome("added", ticket, message)


def _message(work: _Work) -> NewMessage:
    """The message the mail is; whoever only says to be of the desk does not speak for it."""
    new = inbound_message(work.mail, work.parsed, work.files, work.writer, work.person)
    return replace(new, author_is_agent=new.author_is_agent and work.trust.believed)


def _opened(work: _Work, earlier: Ticket | None) -> _Outcome:
    first = _message(work)
    _note_customer(work, first.author_is_agent)
    ticket = open_ticket(new_ticket(work.mail, work.parsed, work.person), first, by=work.by, now=work.now)
    if earlier is not None:
        link_tickets(ticket, earlier, LinkKind.RELATED, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"opened #{ticket.number}")
    return _Outcome("opened", ticket, ticket.messages.order_by("pk").first())


def _note_customer(work: _Work, is_agent: bool) -> None:
    """Somebody of the desk wrote to a customer, with a copy to the desk: the customer may be whose matter it is."""
    if not is_agent or work.writer is None or work.writer.forwarded is not None:
        return
    named = [one for one in (*work.parsed.to, *work.parsed.cc) if "@" in one.email]
    others = [one for one in named[:10] if one.email.lower() not in work.own]
    customer = next((one for one in others if not is_of_the_desk(find_by_email(one.email.lower()))), None)
    if customer is not None:
        work.note(Step.WRITTEN_TO, customer.email, customer.name)


def _note_contents(work: _Work, outcome: _Outcome) -> None:
    """What the reader should know of the mail beside its words."""
    parsed = work.parsed
    if parsed.encrypted:
        work.note(
            Step.SEALED, parsed.encrypted.partition("-")[0], _SEALED[parsed.encrypted.endswith("-closed")]
        )
    if parsed.signature is not None:
        signature = parsed.signature
        work.note(Step.SIGNATURE, signature.signer, signature.why, state=signature.state, kind=signature.kind)
    for event in parsed.events[:3]:
        work.note(Step.EVENT, event.summary, event.method)
    writer, ticket = work.writer, outcome.ticket
    if writer is not None and ticket is not None and outcome.vendor_case is None and work.trust.believed:
        numbers = keep_numbers(ticket, parsed, writer.email)
        if numbers:
            work.note(Step.EXTERNAL, ", ".join(numbers))


def _finish(work: _Work, outcome: _Outcome) -> None:
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


@unit()
def quarantine(
    mail: InboundMail, *, reason: Reason, now: datetime, error: Exception | None = None, detail: str = ""
) -> bool:
    """Set an accepted mail aside, visible with its reason; the traceback is kept apart. Records `MailQuarantined`.

    Returns whether it was still to be processed.
    """
    trace = "".join(traceback.format_exception(error)) if error else ""
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.ACCEPTED)
    changed = waiting.update(
        state=InboundState.QUARANTINED,
        reason_code=reason,
        reason_detail=f"{type(error).__name__}: {error}"[:1000] if error else detail[:1000],
        error_trace=trace.replace("\x00", "")[-20_000:],
        attempts=mail.attempts + 1,
    )
    if changed:
        record(MailQuarantined(reason=reason), subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=now)
    return bool(changed)
