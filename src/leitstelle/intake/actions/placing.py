"""Where a mail belongs: spam, a copy, a vendor's thread, whose it is and which ticket; every step is noted."""

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.mail_work import Outcome, Work
from leitstelle.intake.choices import InboundState, Step
from leitstelle.intake.events import MailJoined
from leitstelle.intake.queries import (
    first_copy,
    known_about,
    vendor_known,
)
from leitstelle.intake.queries.corrections import corrected_to
from leitstelle.intake.queries.spam import called_no_spam
from leitstelle.intake.rules.mail.automatic import KINDS_THAT_MAY_OPEN
from leitstelle.intake.rules.mail.identity import writer_of
from leitstelle.intake.rules.mail.spam import spam_verdict
from leitstelle.intake.rules.mail.threading import Decision, clues, decide
from leitstelle.intake.rules.mail.trust import Trust, trust_of
from leitstelle.intake.rules.mail.vendor import decide_vendor
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import Subject, record
from leitstelle.tickets.models import Ticket, VendorCase


class FirstCopyOpen(Exception):
    """The same mail in another mailbox is still being worked on; ask again shortly."""


def is_spam(work: Work) -> bool:
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


def joined(work: Work) -> Outcome | None:
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
    return Outcome("joined", first.ticket, first.entry)


def of_vendor(work: Work) -> VendorCase | None:
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


def identify(work: Work) -> None:
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


def thread(work: Work) -> Decision:
    evidence = clues(work.parsed, work.own)
    address = work.writer.email if work.writer else ""
    # A number in the subject proves nothing by itself: it counts for somebody who is known to be who they say.
    decision = decide(evidence, known_about(evidence, work.person if work.trust.believed else None, address))
    for item in decision.evidence:
        result = "found" if item.accepted else item.note or "nothing"
        work.note(Step.THREAD, f"{item.step} {item.value}".strip(), result, ticket=item.ticket)
    return decision


def corrected(work: Work, found: Ticket | None) -> Ticket | None:
    """What somebody said about an earlier mail of this sender and thread counts more than what we found."""
    if work.writer is None or not work.trust.believed:
        return found
    ids = [work.parsed.in_reply_to, *work.parsed.references]
    target = corrected_to(work.mail.sender, found.pk if found else None, [one for one in ids if one])
    if target is None:
        return found
    work.note(Step.CORRECTED, "corrected before", f"added to #{target.number}")
    return target
