"""What intake does when something happened: understand accepted mail, send replies, note how delivery went."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.intake.actions import (
    FirstCopyOpen,
    acknowledge,
    process_mail,
    send_forward,
    send_reply,
    send_to_vendor,
    tell_too_large,
)
from leitstelle.intake.actions.callbacks import follow_up_call
from leitstelle.intake.choices import ChatState, InboundState, Reason
from leitstelle.intake.events import CallEnded, MailAccepted, MailQuarantined
from leitstelle.intake.models import (
    AgentAvailability,
    Chat,
    ChatAgent,
    ExternalNumber,
    InboundMail,
    Mailbox,
    MailCorrection,
    MailReference,
    PhoneCall,
    PhoneCallPerson,
    PhoneRinging,
    TelephonyLine,
)
from leitstelle.intake.queries import own_addresses
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Event, subscribe
from leitstelle.kernel.mail import MailFailed, MailSent, OutboxMail
from leitstelle.kernel.mail.events import MailHeld
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import RetryLater
from leitstelle.tickets.actions import report_delivery
from leitstelle.tickets.actions.merging import register_obstacle
from leitstelle.tickets.choices import Audience, Direction
from leitstelle.tickets.events import MessageAdded, TicketOpened
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.queries.composing import register_desk_addresses
from leitstelle.tickets.rules.responses import CONVERSATION_CHANNELS

register_desk_addresses(own_addresses)


@register_obstacle
def chat_goes_on(source: Ticket, apart: bool) -> str:
    """What is said in a chat would be read by whoever reads the other ticket: such a merge waits for its end."""
    live = (ChatState.WAITING, ChatState.ACTIVE)
    if apart and Chat.objects.filter(first_message__ticket=source, state__in=live).exists():
        return gettext("A chat is still going on. End it first, or let both requesters read everything.")
    return ""


register_movable(Movable("intake.mailboxes", "organisation", Mailbox, "organisation"))
register_movable(
    Movable(
        "intake.merged_numbers",
        "ticket",
        ExternalNumber,
        "ticket",
        _("Numbers of other desks"),
        unique=("sender", "value"),
    )
)
register_movable(Movable("intake.corrections", "person", MailCorrection, "by"))
register_movable(Movable("intake.phone_calls", "person", PhoneCall, "person", _("Telephone calls")))
register_movable(Movable("intake.phone_agents", "person", PhoneCall, "agent"))
register_movable(Movable("intake.phone_candidates", "person", PhoneCallPerson, "person", unique=("call_id",)))
register_movable(Movable("intake.phone_rings", "person", PhoneRinging, "person", unique=("call_id",)))
register_movable(Movable("intake.chats", "person", Chat, "person", _("Chats")))
register_movable(Movable("intake.chat_agents", "person", Chat, "agent"))
register_movable(Movable("intake.availability", "person", AgentAvailability, "person", unique=("person_id",)))
register_movable(Movable("intake.there_for_chats", "person", ChatAgent, "person", unique=("person_id",)))
register_movable(Movable("intake.telephony_lines", "person", TelephonyLine, "person"))


@subscribe(MailAccepted, name="intake.process_mail", network=True)
def process_accepted(event: Event) -> None:
    """Runs outside a transaction: parsing is slow, and processing claims the mail by itself."""
    mail = InboundMail.objects.complete().filter(pk=event.subject_id).first()
    if mail is None or mail.state != InboundState.ACCEPTED:
        return
    try:
        process_mail(mail, now=timezone.now())
    except FirstCopyOpen as waits:
        raise RetryLater(1, "the same mail in another mailbox comes first") from waits


@subscribe(MailQuarantined, name="intake.tell_too_large")
def tell_sender(event: Event) -> None:
    data = event.load()
    if isinstance(data, MailQuarantined) and data.reason == Reason.TOO_LARGE:
        mail = InboundMail.objects.complete().filter(pk=event.subject_id).first()
        if mail is not None:
            tell_too_large(mail, now=timezone.now())


@subscribe(MessageAdded, name="intake.send_reply")
def send_added(event: Event) -> None:
    data = event.load()
    if (
        isinstance(data, MessageAdded)
        and data.direction == Direction.OUTBOUND
        and data.audience in (Audience.PUBLIC, Audience.VENDOR, Audience.INTERNAL)
        and data.channel not in CONVERSATION_CHANNELS  # said already
    ):
        _send(data.message_id)


@subscribe(TicketOpened, name="intake.answer_opened")
def answer_opened(event: Event) -> None:
    """A ticket somebody brought is acknowledged; one that an agent opened with a message sends that message."""
    data = event.load()
    if not isinstance(data, TicketOpened) or data.message_id is None:
        return
    message = Message.objects.select_related("ticket__requester").filter(pk=data.message_id).first()
    if message is None:
        return
    if message.direction == Direction.OUTBOUND:
        _send(message.pk)
    else:
        acknowledge(message.ticket, message, now=timezone.now())


def _send(message_id: int) -> None:
    message = (
        Message.objects.select_related("ticket__requester", "body", "author").filter(pk=message_id).first()
    )
    if message is None:
        return
    now = timezone.now()
    try:
        if message.audience == Audience.VENDOR:
            send_to_vendor(message, now=now)
        elif message.audience == Audience.INTERNAL:
            send_forward(message, now=now)
        else:
            send_reply(message, now=now)
    except InvalidInput as error:  # an address no server would take: people must see it at the message
        report_delivery(message, state="failed", detail=str(error), by=Viewer.system(), now=now)


@subscribe(MailSent, MailFailed, MailHeld, name="intake.note_delivery")
def note_delivery(event: Event) -> None:
    """Bring the outcome from the outbox to the message people look at, per recipient."""
    data = event.load()
    if not isinstance(data, MailSent | MailFailed | MailHeld):
        return
    sent = OutboxMail.objects.filter(pk=data.mail).first()
    message = _message_of(sent) if sent else None
    if sent is None or message is None:
        return
    now = timezone.now()
    if isinstance(data, MailHeld):
        for address in sent.recipients.values_list("address", flat=True):
            report_delivery(
                message, state="held", detail=data.reason, email=address, by=Viewer.system(), now=now
            )
        return
    for row in sent.recipients.order_by("pk"):
        if message.recipients.filter(email__iexact=row.address).exclude(delivery_state=row.state).exists():
            detail = f"{row.smtp_code or ''} {row.response}".strip() or sent.last_error
            report_delivery(
                message, state=row.state, detail=detail, email=row.address, by=Viewer.system(), now=now
            )


def _message_of(sent: OutboxMail) -> Message | None:
    own = MailReference.objects.filter(
        value=sent.message_id.strip("<>")[:255], is_own=True, message__isnull=False
    )
    reference = own.select_related("message__ticket").first()
    return reference.message if reference else None


@subscribe(CallEnded, name="intake.follow_up_call")
def follow_up_ended(event: Event) -> None:
    """Read anew: a report that came late may have changed how the call ended."""
    call = PhoneCall.objects.select_related("source", "person").filter(pk=event.subject_id).first()
    if call is not None:
        follow_up_call(call, now=timezone.now())
