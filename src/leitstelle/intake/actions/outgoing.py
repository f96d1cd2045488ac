"""Mail that leaves because of a ticket: replies, the acknowledgement of receipt, a guest's confirmation.

Renders in the recipient's language and hands over to the outbox; sending, retries and failures are its business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import find_by_email, primary_address, viewer_for
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.models import GuestReport, Mailbox, MailReference
from leitstelle.intake.queries import default_mailbox, mailbox_of_ticket, own_addresses
from leitstelle.intake.rules.mail.automatic import never_answer
from leitstelle.intake.rules.mail.token import make_message_id
from leitstelle.kernel.events import Subject, unit
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail
from leitstelle.kernel.mail.rules import message_id
from leitstelle.kernel.viewer import Hat
from leitstelle.kernel.web.links import link
from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole
from leitstelle.tickets.models import Message, Ticket

MAX_REFERENCES = 12


@dataclass(frozen=True)
class _Sender:
    """The identity a mail goes out under."""

    name: str
    email: str
    transport: str
    signature: str
    language: str

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2] or "localhost"


def sender_of(box: Mailbox | None) -> _Sender:
    """The mailbox's identity, or the house's where no mailbox is set up."""
    if box is None:
        return _Sender("", settings.MAIL_FROM, "default", "", settings.LANGUAGE_CODE)
    transport = f"mailbox:{box.pk}" if box.smtp_host else "default"
    return _Sender(box.sender_name, box.address, transport, box.signature, box.language)


@unit()
def send_reply(message: Message, *, now: datetime) -> OutboxMail | None:
    """Queue a public message of an agent as mail to its recipients; None where it is none or goes to nobody.

    The Message-ID carries the signed ticket, so that the answer finds it. Records what the outbox records.
    """
    if (
        message.direction != Direction.OUTBOUND
        or message.audience != Audience.PUBLIC
        or message.rfc_message_id
    ):
        return None
    ticket = message.ticket
    sender = sender_of(mailbox_of_ticket(ticket))
    people = _recipients(message)
    if not people[RecipientRole.TO]:
        return None
    reader = find_by_email(people[RecipientRole.TO][0]) or ticket.requester
    with translation.override(reader.language if reader else ticket.language):
        text, html = _render("reply", ticket, reader, sender, message=message, body=message.body)
        subject = f"Re: {_numbered(ticket)}"
    queued = _queue(
        ticket,
        sender,
        f"m{message.pk}",
        message=message,
        now=now,
        to=people[RecipientRole.TO],
        cc=people[RecipientRole.CC],
        bcc=people[RecipientRole.BCC],
        subject=subject,
        text=text,
        html=html,
        attachments=[(f.blob_id, f.filename, f.content_type) for f in message.attachments.all()],
    )
    message.recipients.update(delivery_state="queued")
    return queued


def _recipients(message: Message) -> dict[str, list[str]]:
    own = own_addresses()
    found: dict[str, list[str]] = {role: [] for role in RecipientRole.values}
    for row in message.recipients.order_by("pk"):
        if "@" in row.email and row.email.lower() not in own:
            found[row.role].append(row.email)
    requester = message.ticket.requester
    if not any(found.values()) and requester is not None:
        address = primary_address(requester)
        if address:
            found[RecipientRole.TO].append(address)
            message.recipients.create(role=RecipientRole.TO, email=address, person=requester)
    if not found[RecipientRole.TO]:
        # The requester has no address: those who read along get the answer all the same.
        found[RecipientRole.TO], found[RecipientRole.CC] = found[RecipientRole.CC], []
    return found


@unit()
def acknowledge(ticket: Ticket, first: Message, *, now: datetime) -> OutboxMail | None:
    """Queue the acknowledgement of receipt of a new ticket; None where it is off, or nobody may get one.

    Never in answer to automatic mail, and once per ticket: its Message-ID is made of the ticket.
    """
    box = mailbox_of_ticket(ticket)
    address = _acknowledged(ticket, first, box)
    if not address:
        return None
    sender = sender_of(box)
    with translation.override(ticket.requester.language if ticket.requester else ticket.language):
        text, html = _render("acknowledgement", ticket, ticket.requester, sender)
        subject = _("We have received your report: %(subject)s") % {"subject": _numbered(ticket)}
    return _queue(
        ticket, sender, f"a{ticket.pk}", message=None, now=now, to=[address], subject=subject, text=text, html=html,
        automatic=True,
    )  # fmt: skip


def _acknowledged(ticket: Ticket, first: Message, box: Mailbox | None) -> str:
    if box is None or not box.acknowledge or first.automatic_kind or first.direction != Direction.INBOUND:
        return ""
    if first.author_is_agent or ticket.channel not in (Channel.MAIL, Channel.PORTAL):
        return ""
    address = first.from_email or (primary_address(ticket.requester) if ticket.requester else "") or ""
    usable = "@" in address and not never_answer(address) and address.lower() not in own_addresses()
    return address if usable and not _suspended(address) else ""


def _suspended(address: str) -> bool:
    person = find_by_email(address)
    points = person.contact_points.filter(normalised=address.lower()) if person else None
    return points is not None and points.filter(suspended_at__isnull=False).exists()


@unit()
def send_confirmation(report: GuestReport, url: str, *, now: datetime) -> OutboxMail:
    """Queue the mail by which a guest confirms their address; `url` is the whole address of the confirming page."""
    sender = sender_of(default_mailbox())
    with translation.override(report.language):
        context = {"report": report, "url": url, "signature": sender.signature}
        text = get_template("intake/mail/confirm.txt", using="jinja2").render(context)
        html = get_template("intake/mail/confirm.html", using="jinja2").render(context)
        subject = _("Please confirm your report")
    outgoing = Outgoing(
        to=[report.email],
        subject=subject,
        text=text,
        html=html,
        from_name=sender.name,
        from_email=sender.email,
        transport=sender.transport,
        automatic=True,
    )
    return queue_mail(outgoing, actor=ACTOR, now=now)


def _numbered(ticket: Ticket) -> str:
    return f"{ticket.subject} [#{ticket.number}]"


def _render(
    name: str, ticket: Ticket, reader: Person | None, sender: _Sender, **more: Any
) -> tuple[str, str]:
    page = link(Subject("ticket", ticket.pk), viewer_for(reader, Hat.REQUESTER)) if reader else None
    context = {
        "ticket": ticket,
        "reader": reader,
        "signature": sender.signature,
        "url": f"{settings.BASE_URL}{page.url}" if page and settings.BASE_URL else "",
        **more,
    }
    text = get_template(f"intake/mail/{name}.txt", using="jinja2").render(context)
    html = get_template(f"intake/mail/{name}.html", using="jinja2").render(context)
    return text, html


def _queue(
    ticket: Ticket, sender: _Sender, part: str, *, message: Message | None, now: datetime, **mail: Any
) -> OutboxMail:
    own_id = make_message_id(ticket.pk, part, secret=settings.SECRET_KEY, domain=sender.domain)
    chain = _chain(ticket)
    outgoing = Outgoing(
        from_name=sender.name,
        from_email=sender.email,
        transport=sender.transport,
        message_id=own_id,
        in_reply_to=chain[-1] if chain else "",
        references=chain,
        subject_ref=Subject("ticket", ticket.pk),
        **mail,
    )
    queued = queue_mail(outgoing, actor=ACTOR, now=now)
    MailReference.objects.bulk_create(
        [MailReference(value=own_id[:255], ticket=ticket, message=message, is_own=True)],
        ignore_conflicts=True,
    )
    if message is not None:
        Message.objects.filter(pk=message.pk).update(rfc_message_id=own_id[:255])
    return queued


def _chain(ticket: Ticket) -> Sequence[str]:
    """Ids of the conversation so far: the first, then the newest; the last inbound one is answered."""
    public = ticket.messages.filter(audience=Audience.PUBLIC).exclude(rfc_message_id="").order_by("at", "pk")
    ids = list(public.values_list("rfc_message_id", "direction"))
    inbound = [value for value, direction in ids if direction == Direction.INBOUND]
    ordered = [value for value, _direction in ids]
    if inbound:
        ordered.remove(inbound[-1])
        ordered.append(inbound[-1])
    kept = ordered[:1] + ordered[1:][-(MAX_REFERENCES - 1) :]
    return [value for value in dict.fromkeys(kept) if _usable(value)]


def _usable(value: str) -> bool:
    """Ids come from strangers; what no mail program could refer to is left out."""
    try:
        return bool(message_id(value))
    except ValueError:
        return False
