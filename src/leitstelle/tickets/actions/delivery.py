"""What became of an outgoing message, shown on it and on its ticket."""

from datetime import datetime

from django.db.models import QuerySet

from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.actions.vendor import note_vendor_delivery
from leitstelle.tickets.choices import Audience, Direction
from leitstelle.tickets.events import DeliveryReported
from leitstelle.tickets.models import Message, MessageRecipient, Ticket

FAILED = "failed"


@unit()
def report_delivery(
    message: Message, *, state: str, detail: str = "", email: str | None = None, by: Viewer, now: datetime
) -> None:
    """Note the delivery state of a message for one recipient (`email`) or all.

    Called by mail doors. Records `DeliveryReported`; a failure marks the ticket until somebody
    answers again, one to a vendor marks the case there.
    """
    rows = message.recipients.all()
    if email is not None:
        rows = rows.filter(email__iexact=email)
    rows.update(delivery_state=state, delivery_detail=detail[:300])
    ticket = message.ticket
    if message.audience == Audience.VENDOR:
        note_vendor_delivery(message, failed=state == FAILED)
        record_on(ticket, DeliveryReported(message_id=message.pk, state=state), by=by, at=now)
        return
    failed = state == FAILED or _latest_answers(ticket, message).filter(delivery_state=FAILED).exists()
    Ticket.objects.filter(pk=ticket.pk).update(delivery_failed=failed)
    ticket.delivery_failed = failed
    record_on(ticket, DeliveryReported(message_id=message.pk, state=state), by=by, at=now)


def _latest_answers(ticket: Ticket, message: Message) -> QuerySet[MessageRecipient]:
    """The recipients of `message` and of the latest answer: what failed before that has been answered again."""
    answers = ticket.messages.filter(direction=Direction.OUTBOUND).exclude(audience=Audience.VENDOR)
    newest = answers.order_by("-pk").values_list("pk", flat=True)[:1]
    return MessageRecipient.objects.filter(message__in={message.pk, *newest})
