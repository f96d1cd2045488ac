"""The word to its sender that a mail was too large (trap 10 of the research): once, and only where it does no harm."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.accept import ACTOR, max_mail_bytes
from leitstelle.intake.actions.letters import letter_from, sender_of, written
from leitstelle.intake.actions.outgoing import is_suspended
from leitstelle.intake.choices import Reason
from leitstelle.intake.models import InboundMail
from leitstelle.intake.queries import own_addresses
from leitstelle.intake.rules.mail import parse_mail
from leitstelle.intake.rules.mail.automatic import never_answer
from leitstelle.intake.rules.mail.identity import Writer, writer_of
from leitstelle.intake.rules.mail.spam import spam_verdict
from leitstelle.intake.rules.mail.trust import Trust, trust_of
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.events import Subject, unit
from leitstelle.kernel.mail import OutboxMail, is_own_mail, queue_mail

# There the mail server hears of it in the dialogue, and tells the sender itself.
_TOLD_BY_SERVER = "lmtp"
_MEGABYTE = 1024 * 1024


@unit()
def tell_too_large(mail: InboundMail, *, now: datetime) -> OutboxMail | None:
    """Queue the mail that tells the sender; None where their server does so, or they must get none.

    Machines, lists, spam, forged senders and the desk itself get none. The Message-ID is made of the mail: however
    often this runs, one leaves. Records what the outbox records.
    """
    if mail.reason_code != Reason.TOO_LARGE or mail.source.startswith(_TOLD_BY_SERVER):
        return None
    writer = _answerable(mail)
    if writer is None:
        return None
    sender, reader = sender_of(mail.mailbox), find_by_email(writer.email)
    context = {
        "subject": mail.subject,
        "most": max_mail_bytes() // _MEGABYTE,
        "signature": sender.signature,
    }
    with translation.override(reader.language if reader else sender.language):
        words = written("too_large", context)
        subject = _("Your mail was too large: %(subject)s") % {"subject": mail.subject}
    outgoing = letter_from(
        sender,
        to=[writer.email],
        subject=subject,
        text=words["text"],
        html=words["html"],
        message_id=f"too-large.{mail.public_id.hex}@{sender.domain}",
        in_reply_to=mail.message_id if "@" in mail.message_id else "",
        subject_ref=Subject("inbound_mail", mail.pk),
        automatic=True,
    )
    return queue_mail(outgoing, actor=ACTOR, now=now)


def _answerable(mail: InboundMail) -> Writer | None:
    """Who wrote it, where an answer reaches a person who did."""
    own = own_addresses()
    parsed = parse_mail(read_blob(mail.raw), own_addresses=own, is_own=is_own_mail)
    writer = writer_of(parsed, own)
    if writer is None or parsed.automatic.is_automatic or spam_verdict(parsed.headers.items).is_spam:
        return None
    if never_answer(writer.email) or writer.email in own or is_suspended(writer.email):
        return None
    forged = trust_of(parsed.headers, mail.mailbox.mail_server, writer.email).trust is Trust.FAILED
    return None if forged else writer
