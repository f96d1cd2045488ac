"""How a mail about a ticket is written: under whose name, in which thread, with which signature; into the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import get_template

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import brand_for, house_facts, viewer_for
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.models import ExternalNumber, Mailbox, MailReference
from leitstelle.intake.rules.mail.foreign import as_written, who_uses
from leitstelle.intake.rules.mail.token import make_message_id
from leitstelle.kernel.events import Subject
from leitstelle.kernel.mail import OutboxMail, Outgoing, house_address, queue_mail
from leitstelle.kernel.mail.rules import message_id
from leitstelle.kernel.viewer import Hat
from leitstelle.kernel.web.links import link
from leitstelle.tickets.choices import Audience, Direction
from leitstelle.tickets.models import Message, Ticket, VendorCase

MAX_REFERENCES = 12


@dataclass(frozen=True)
class Sender:
    """The identity a mail goes out under."""

    name: str
    email: str
    transport: str
    signature: str
    language: str

    def signed_by(self, author: Person | None) -> "Sender":
        """With the author's own signature above that of the mailbox; it stands in no stored text (trap 31)."""
        own = author.signature.strip() if author is not None else ""
        return replace(self, signature="\n".join(filter(None, (own, self.signature)))) if own else self

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2] or "localhost"


def sender_of(box: Mailbox | None) -> Sender:
    """The mailbox's identity, or the house's where no mailbox is set up."""
    if box is None:
        brand = brand_for(None)
        return Sender(brand, house_address(), "default", brand, house_facts().language)
    transport = f"mailbox:{box.pk}" if box.smtp_host else "default"
    brand = "" if box.sender_name and box.signature else brand_for(box.organisation_id)
    signature = box.signature or box.sender_name or brand
    return Sender(box.sender_name or brand, box.address, transport, signature, box.language)


def letter_from(sender: Sender, **mail: Any) -> Outgoing:
    """A mail under this identity; `mail` is the rest of an `Outgoing`."""
    return Outgoing(from_name=sender.name, from_email=sender.email, transport=sender.transport, **mail)


def written(name: str, context: dict[str, Any]) -> dict[str, str]:
    """Text and HTML of a mail, in the language that is active."""
    kinds = {"text": "txt", "html": "html"}
    return {
        part: get_template(f"intake/mail/{name}.{ending}", using="jinja2").render(context)
        for part, ending in kinds.items()
    }


def numbered(ticket: Ticket) -> str:
    """The subject with the number people and machines find it by."""
    return f"{ticket.subject} [#{ticket.number}]"


def with_their_numbers(ticket: Ticket, recipients: Sequence[str]) -> str:
    """`numbered`, with the number a recipient's own desk has for the matter: by it their desk threads (trap 7)."""
    users = {who_uses(address) for address in recipients}
    rows = ExternalNumber.objects.filter(ticket=ticket, sender__in=users).order_by("pk")
    theirs = [value for value in rows.values_list("value", flat=True) if value not in ticket.subject]
    return "".join(f"[{as_written(value)}] " for value in dict.fromkeys(theirs)) + numbered(ticket)


def render_letter(
    name: str, ticket: Ticket, reader: Person | None, sender: Sender, **more: Any
) -> tuple[str, str]:
    """Return text and HTML of a mail to `reader`, with the way to the portal where they may go there."""
    page = link(Subject("ticket", ticket.pk), viewer_for(reader, Hat.REQUESTER)) if reader else None
    context = {
        "ticket": ticket,
        "reader": reader,
        "signature": sender.signature,
        "url": f"{settings.BASE_URL}{page.url}" if page and settings.BASE_URL else "",
        **more,
    }
    both = written(name, context)
    return both["text"], both["html"]


def queue_letter(
    ticket: Ticket,
    sender: Sender,
    part: str,
    *,
    message: Message | None,
    now: datetime,
    case: VendorCase | None = None,
    alone: bool = False,
    **mail: Any,
) -> OutboxMail:
    """Put a mail of the ticket into the outbox and remember its id; `alone`: it goes on from no other mail."""
    own_id = make_message_id(ticket.pk, part, secret=settings.SECRET_KEY, domain=sender.domain)
    chain = [] if alone else _chain(_spoken(ticket, case))
    outgoing = letter_from(
        sender,
        message_id=own_id,
        in_reply_to=chain[-1] if chain else "",
        references=chain,
        subject_ref=Subject("ticket", ticket.pk),
        **mail,
    )
    queued = queue_mail(outgoing, actor=ACTOR, now=now)
    MailReference.objects.bulk_create(
        [MailReference(value=own_id[:255], ticket=ticket, message=message, vendor_case=case, is_own=True)],
        ignore_conflicts=True,
    )
    if message is not None:
        Message.objects.filter(pk=message.pk).update(rfc_message_id=own_id[:255])
    return queued


def _spoken(ticket: Ticket, case: VendorCase | None) -> QuerySet[Message]:
    """The messages a mail goes on from: those of the vendor's case, else the public ones; never both."""
    if case is not None:
        return Message.objects.filter(vendor_message__case=case)
    # What was merged apart is another conversation: its ids are no business of the people here.
    return ticket.messages.filter(audience=Audience.PUBLIC, apart_of=None)


def _chain(spoken: QuerySet[Message]) -> Sequence[str]:
    """Ids of the conversation so far: the first, then the newest; the last inbound one is answered."""
    known = spoken.exclude(rfc_message_id="").order_by("at", "pk")
    ids = list(known.values_list("rfc_message_id", "direction"))
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
