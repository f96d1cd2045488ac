"""What a delivery report does: the outgoing message learns its fate, a dead address is suspended."""

from datetime import datetime

from leitstelle.accounts.actions import suspend_contact_point
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint
from leitstelle.intake.models import MailReference
from leitstelle.intake.rules.mail import Bounce
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import report_delivery
from leitstelle.tickets.models import Message

GONE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.310")


def bounced_ticket(bounce: Bounce) -> Message | None:
    """The outgoing message a report is about."""
    if not bounce.original_message_id:
        return None
    own = MailReference.objects.filter(
        value=bounce.original_message_id[:255], is_own=True, message__isnull=False
    )
    reference = own.select_related("message__ticket").first()
    return reference.message if reference else None


def apply_bounce(bounce: Bounce, message: Message, *, by: Viewer, now: datetime) -> None:
    """Note the report on the outgoing message; suspend an address that does not exist. Delays are only noted."""
    detail = " ".join(part for part in (bounce.status, bounce.diagnostic) if part)
    state = "failed" if bounce.action == "failed" else "delayed"
    recipient = bounce.recipient
    if not message.recipients.filter(email__iexact=recipient).exists():
        recipient = ""  # relayed to another address: it concerns the message as a whole
    report_delivery(message, state=state, detail=detail, email=recipient or None, by=by, now=now)
    if state == "failed" and bounce.status in GONE:
        _suspend(bounce.recipient, detail, by=by, now=now)


def bounced_notice(bounce: Bounce) -> bool:
    """Whether a report is about a mail of ours that belongs to no ticket, such as news for somebody of the desk.

    Only what this mail was sent to counts, so that nobody suspends an address by a made-up report.
    """
    sent = OutboxMail.objects.filter(message_id=f"<{bounce.original_message_id.strip('<> ')}>")
    return sent.filter(recipients__address__iexact=bounce.recipient).exists()


def apply_notice_bounce(bounce: Bounce, *, by: Viewer, now: datetime) -> None:
    """Suspend an address that does not exist, so that no more news goes there."""
    if bounce.action == "failed" and bounce.status in GONE:
        _suspend(bounce.recipient, f"{bounce.status} {bounce.diagnostic}".strip(), by=by, now=now)


def _suspend(address: str, detail: str, *, by: Viewer, now: datetime) -> None:
    point = ContactPoint.objects.filter(kind=ContactKind.EMAIL, normalised=address.lower()).first()
    if point is not None and point.suspended_at is None:
        suspend_contact_point(point, reason=detail[:200], by=by, now=now)
