"""From an accepted mail to a ticket or a message: one decision after the other, in one transaction.

Everything slow (reading, parsing, storing files) happens before the transaction; inside it the mail is claimed by a
conditional update, so that however often this runs, exactly one result stays.
"""

import traceback
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.bounces import apply_bounce, bounced_ticket
from leitstelle.intake.actions.content import file_of, inbound_message, new_ticket, remember_ids
from leitstelle.intake.choices import InboundState, Reason, Step
from leitstelle.intake.events import MailJoined, MailProcessed, MailQuarantined
from leitstelle.intake.models import InboundMail
from leitstelle.intake.queries import first_copy, known_about, own_addresses
from leitstelle.intake.rules.mail import ParsedMail, parse_mail
from leitstelle.intake.rules.mail.automatic import KIND_BOUNCE, KIND_OWN, KINDS_THAT_MAY_OPEN
from leitstelle.intake.rules.mail.identity import Writer, writer_of
from leitstelle.intake.rules.mail.threading import Decision, clues, decide
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.db import is_transient, retry_transient
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.mail import is_own_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import NewFile, add_message, link_tickets, open_ticket
from leitstelle.tickets.actions.status import follow_up_for
from leitstelle.tickets.choices import LinkKind
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.rules.life_cycle import FollowUp


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


def process_mail(mail: InboundMail, *, now: datetime) -> InboundMail:
    """Understand an accepted mail and let a ticket or a message come of it; does nothing for any other.

    Records `MailProcessed`, and what the ticket actions record. A failure ends in quarantine with its reason.
    Raises `FirstCopyOpen`, and database errors that only ask for another try.
    """
    if mail.state != InboundState.ACCEPTED:
        return mail
    try:
        work = _prepare(mail, now)
        retry_transient(_apply)(work)
    except (_Gone, FirstCopyOpen) as gone:
        if isinstance(gone, FirstCopyOpen):
            raise
    except Exception as error:
        if is_transient(error):
            raise
        quarantine(mail, reason=Reason.FAILED, error=error, now=now)
    mail.refresh_from_db()
    return mail


def _prepare(mail: InboundMail, now: datetime) -> _Work:
    own = own_addresses()
    parsed = parse_mail(read_blob(mail.raw), own_addresses=own, is_own=is_own_mail)
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
    copy = _joined(work)
    if copy is not None:
        return copy
    _identify(work)
    if verdict.kind == KIND_BOUNCE:
        return _bounced(work)
    found = _thread(work)
    ticket = Ticket.objects.select_related("status").get(pk=found.ticket) if found.ticket else None
    if verdict.is_automatic and ticket is None and verdict.kind not in KINDS_THAT_MAY_OPEN:
        work.note(Step.TICKET, "automatic mail that answers nothing we know", "kept without ticket")
        return _Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    return _added(work, ticket) if ticket is not None else _opened(work, None)


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


def _identify(work: _Work) -> None:
    writer = work.writer = writer_of(work.parsed, work.own)
    if writer is None:
        work.note(Step.SENDER, "no usable sender address", "nobody")
        return
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
    decision = decide(evidence, known_about(evidence, work.person))
    for item in decision.evidence:
        result = "found" if item.accepted else item.note or "nothing"
        work.note(Step.THREAD, f"{item.step} {item.value}".strip(), result, ticket=item.ticket)
    return decision


def _bounced(work: _Work) -> _Outcome:
    bounce = work.parsed.bounce
    origin = bounced_ticket(bounce) if bounce else None
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
    if (
        not work.parsed.automatic.is_automatic
        and follow_up_for(ticket, work.mail.received_at) is FollowUp.NEW_TICKET
    ):
        work.note(Step.TICKET, f"closed too long ago #{ticket.number}", "new ticket")
        return _opened(work, ticket)
    new = inbound_message(work.mail, work.parsed, work.files, work.writer, work.person)
    if work.person is not None and work.person.pk == ticket.requester_id:
        # Somebody of the desk with a problem of their own: here they are the requester.
        new = replace(new, author_is_agent=False)
    message = add_message(ticket, new, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"added to #{ticket.number}")
    return _Outcome("added", ticket, message)


def _opened(work: _Work, earlier: Ticket | None) -> _Outcome:
    first = inbound_message(work.mail, work.parsed, work.files, work.writer, work.person)
    ticket = open_ticket(new_ticket(work.mail, work.parsed, work.person), first, by=work.by, now=work.now)
    if earlier is not None:
        link_tickets(ticket, earlier, LinkKind.RELATED, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"opened #{ticket.number}")
    return _Outcome("opened", ticket, ticket.messages.order_by("pk").first())


def _finish(work: _Work, outcome: _Outcome) -> None:
    mail, parsed = work.mail, work.parsed
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
    if outcome.ticket is not None and outcome.outcome != "joined":
        remember_ids(outcome.ticket, outcome.message, parsed)
    data = MailProcessed(
        outcome=outcome.outcome,
        ticket_id=outcome.ticket.pk if outcome.ticket else None,
        message_id=outcome.message.pk if outcome.message else None,
        automatic_kind=parsed.automatic.kind,
    )
    record(data, subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=work.now)


@unit()
def quarantine(mail: InboundMail, *, reason: Reason, now: datetime, error: Exception | None = None) -> bool:
    """Set an accepted mail aside, visible with its reason; the traceback is kept apart. Records `MailQuarantined`.

    Returns whether it was still to be processed.
    """
    trace = "".join(traceback.format_exception(error)) if error else ""
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.ACCEPTED)
    changed = waiting.update(
        state=InboundState.QUARANTINED,
        reason_code=reason,
        reason_detail=f"{type(error).__name__}: {error}"[:1000] if error else "",
        error_trace=trace.replace("\x00", "")[-20_000:],
        attempts=mail.attempts + 1,
    )
    if changed:
        record(MailQuarantined(reason=reason), subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=now)
    return bool(changed)
