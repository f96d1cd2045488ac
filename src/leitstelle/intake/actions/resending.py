"""Sending a message again that finally failed: the same mail, another try, addresses cleared first where wished."""

from datetime import datetime

from leitstelle.accounts.actions import resume_contact_point
from leitstelle.accounts.models import ContactPoint
from leitstelle.accounts.policies import can_edit_person
from leitstelle.intake.actions.outgoing import send_forward, send_reply, send_to_vendor
from leitstelle.intake.errors import AddressSuspended, NothingFailed
from leitstelle.intake.queries.resending import FAILED_STATES, outbox_of, suspended_among
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.mail.actions import resend_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import report_delivery
from leitstelle.tickets.choices import Audience, Direction
from leitstelle.tickets.models import Message
from leitstelle.tickets.policies import can_work


@unit()
def send_again(message: Message, *, by: Viewer, now: datetime, clear: bool = False) -> list[str]:
    """Try again to send a message to those who did not get it, and return their addresses. Agents of the ticket.

    It is the same mail: same bytes, same Message-ID. `clear` lets suspended addresses get mail again, for whoever may
    edit the person. Records `MailReleased`, `DeliveryReported`, and `person.contact_point_resumed` where cleared.
    Raises `NotAllowed`, `NothingFailed`, `AddressSuspended`.
    """
    if not can_work(by, message.ticket):
        raise NotAllowed()
    failed = _failed(message)
    if not failed:
        raise NothingFailed()
    suspended = suspended_among(failed)
    if suspended and not clear:
        raise AddressSuspended(addresses=", ".join(point.value for point in suspended))
    for point in suspended:
        _clear(point, by, now)
    mail = outbox_of(message)
    if mail is None:
        _send_first(message, now)
    else:
        resend_mail(mail, failed, actor=by.actor, now=now)
    for address in failed:
        report_delivery(message, state="queued", email=address, by=by, now=now)
    return failed


def _failed(message: Message) -> list[str]:
    if message.direction != Direction.OUTBOUND:
        return []
    rows = message.recipients.filter(delivery_state__in=FAILED_STATES)
    return list(rows.order_by("pk").values_list("email", flat=True))


def _clear(point: ContactPoint, by: Viewer, now: datetime) -> None:
    if not can_edit_person(by, point.person):
        raise NotAllowed()
    resume_contact_point(point, by=by, now=now)


def _send_first(message: Message, now: datetime) -> None:
    """The message never became a mail: nobody it was for could be written to."""
    try:
        if message.audience == Audience.VENDOR:
            queued = send_to_vendor(message, now=now)
        elif message.audience == Audience.INTERNAL:
            queued = send_forward(message, now=now)
        else:
            queued = send_reply(message, now=now)
    except InvalidInput as error:
        raise NothingFailed(message=error.message) from error
    if queued is None:
        raise NothingFailed()
