"""Mail that leaves because of a ticket: replies, what is passed on, mail to vendors, acknowledgements, confirmations.

Renders in the recipient's language and hands over to the outbox; sending, retries and failures are its business.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from leitstelle.accounts.models import ContactPoint
from leitstelle.accounts.queries import find_by_email, primary_address
from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.letters import (
    letter_from,
    numbered,
    queue_letter,
    render_letter,
    sender_of,
    with_their_numbers,
    written,
)
from leitstelle.intake.models import GuestReport, InboundMail, Mailbox
from leitstelle.intake.queries import default_mailbox, mailbox_of_ticket, own_addresses, trust_in
from leitstelle.intake.rules.mail.automatic import never_answer
from leitstelle.intake.rules.mail.token import VENDOR_PART
from leitstelle.intake.rules.mail.trust import Trust
from leitstelle.kernel.events import unit
from leitstelle.kernel.mail import OutboxMail, queue_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.queries import compute_clocks
from leitstelle.sla.queries.explaining import promise_sentence
from leitstelle.tickets.actions import report_delivery
from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole
from leitstelle.tickets.models import Message, Ticket, VendorCase, VendorMessage
from leitstelle.tickets.queries.snippets import acknowledgement_words

# A detail of delivery is kept as servers say it; this one is ours, in the words of its kind.
SUSPENDED = "5.1.1 not sent: mail to this address came back before"


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
    sender = sender_of(mailbox_of_ticket(ticket)).signed_by(
        message.author if message.author_is_agent else None
    )
    people = _usable(_recipients(message), message, now)
    if not any(people.values()):
        return None
    if not people[RecipientRole.TO]:
        # The requester has no address: those who read along get the answer all the same.
        people[RecipientRole.TO], people[RecipientRole.CC] = people[RecipientRole.CC], []
    first = next(iter([*people[RecipientRole.TO], *people[RecipientRole.CC]]), "")
    reader = find_by_email(first) or ticket.requester
    with translation.override(reader.language if reader else ticket.language):
        text, html = render_letter("reply", ticket, reader, sender, message=message, body=message.body)
        subject = f"Re: {with_their_numbers(ticket, [*people[RecipientRole.TO], *people[RecipientRole.CC]])}"
    queued = queue_letter(
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
        automatic=bool(message.automatic_kind),
    )
    _note_waiting(message, people)
    return queued


@unit()
def send_forward(message: Message, *, now: datetime) -> OutboxMail | None:
    """Queue what an agent passes on as mail to those named, and to nobody else; None where it is none.

    It goes on from no mail of the requester. Its Message-ID carries the ticket: an answer comes back, for the team
    only (`heard_aside`). Records what the outbox records.
    """
    passed_on = message.direction == Direction.OUTBOUND and message.audience == Audience.INTERNAL
    if not passed_on or message.channel != Channel.MAIL or message.rfc_message_id:
        return None
    ticket = message.ticket
    sender = sender_of(mailbox_of_ticket(ticket)).signed_by(message.author)
    people = _usable(_named(message), message, now)
    if not any(people.values()):
        return None
    with translation.override(ticket.language):
        text, html = render_letter("forward", ticket, None, sender, message=message, body=message.body)
    queued = queue_letter(
        ticket,
        sender,
        f"m{message.pk}",
        message=message,
        now=now,
        alone=True,
        to=people[RecipientRole.TO],
        cc=people[RecipientRole.CC],
        bcc=people[RecipientRole.BCC],
        subject=message.subject,
        text=text,
        html=html,
        attachments=[(f.blob_id, f.filename, f.content_type) for f in message.attachments.all()],
    )
    _note_waiting(message, people)
    return queued


@unit()
def send_to_vendor(message: Message, *, now: datetime) -> OutboxMail | None:
    """Queue a message of a vendor's thread as mail to the vendor, and to nobody else; None where it is none.

    The Message-ID carries a signed token of this thread, and only ids of this thread stand beside it: the answer
    comes back here, whoever sends it. Records what the outbox records.
    """
    row = VendorMessage.objects.select_related("case__vendor").filter(message=message).first()
    if row is None or message.audience != Audience.VENDOR or message.rfc_message_id:
        return None
    case, ticket = row.case, message.ticket
    to = [one.email for one in message.recipients.order_by("pk") if one.email.lower() not in own_addresses()]
    if not to:
        return None
    sender = sender_of(mailbox_of_ticket(ticket))
    with translation.override(case.vendor.language):
        context = {"body": message.body, "case": case, "ticket": ticket, "signature": sender.signature}
        words = written("vendor", context)
    mail: dict[str, Any] = {
        "to": to,
        "subject": _for_vendor(case, ticket),
        **words,
        "attachments": [(f.blob_id, f.filename, f.content_type) for f in message.attachments.all()],
    }
    part = f"{VENDOR_PART}{message.pk}"
    queued = queue_letter(ticket, sender, part, message=message, now=now, case=case, **mail)
    message.recipients.update(delivery_state="queued")
    return queued


def _for_vendor(case: VendorCase, ticket: Ticket) -> str:
    theirs = f"[{case.external_number}] " if case.external_number else ""
    return f"{theirs}{case.subject} [#{ticket.number}]"


def _named(message: Message) -> dict[str, list[str]]:
    """Whom a message names by role; the desk does not write to itself."""
    own = own_addresses()
    found: dict[str, list[str]] = {role: [] for role in RecipientRole.values}
    for row in message.recipients.order_by("pk"):
        if "@" in row.email and row.email.lower() not in own:
            found[row.role].append(row.email)
    return found


def _recipients(message: Message) -> dict[str, list[str]]:
    found, requester = _named(message), message.ticket.requester
    if not any(found.values()) and requester is not None:
        address = primary_address(requester)
        if address:
            found[RecipientRole.TO].append(address)
            message.recipients.create(role=RecipientRole.TO, email=address, person=requester)
    return found


def _usable(people: dict[str, list[str]], message: Message, now: datetime) -> dict[str, list[str]]:
    """Without addresses that mail came back from for good; the message says so (research, trap 4)."""
    wanted = {address.lower() for addresses in people.values() for address in addresses}
    rows = ContactPoint.objects.filter(normalised__in=wanted, suspended_at__isnull=False)
    dead = set(rows.values_list("normalised", flat=True)) if wanted else set()
    for address in sorted(dead):
        report_delivery(message, state="failed", detail=SUSPENDED, email=address, by=Viewer.system(), now=now)
    return {role: [one for one in found if one.lower() not in dead] for role, found in people.items()}


def _note_waiting(message: Message, people: dict[str, list[str]]) -> None:
    sent = [address for addresses in people.values() for address in addresses]
    message.recipients.filter(email__in=sent).update(delivery_state="queued")


@unit()
def acknowledge(ticket: Ticket, first: Message, *, now: datetime) -> OutboxMail | None:
    """Queue the acknowledgement of receipt of a new ticket; None where it is off, or nobody may get one.

    Never in answer to automatic mail, and once per ticket: its Message-ID is made of the ticket. It says by when an
    answer is promised, in plain words and the reader's time, and uses the house's own words where there are some.
    """
    box = mailbox_of_ticket(ticket)
    address = _acknowledged(ticket, first, box)
    if not address:
        return None
    sender = sender_of(box)
    reader = ticket.requester
    zone = ZoneInfo(reader.time_zone if reader else settings.DEFAULT_PERSON_TIME_ZONE)
    with translation.override(reader.language if reader else ticket.language), timezone.override(zone):
        words = {
            "promise": promise_sentence(compute_clocks(ticket, now), now),
            "words": acknowledgement_words(ticket),
        }
        text, html = render_letter("acknowledgement", ticket, reader, sender, **words)
        subject = _("We have received your report: %(subject)s") % {"subject": numbered(ticket)}
    return queue_letter(
        ticket, sender, f"a{ticket.pk}", message=None, now=now, to=[address], subject=subject, text=text, html=html,
        automatic=True,
    )  # fmt: skip


def _acknowledged(ticket: Ticket, first: Message, box: Mailbox | None) -> str:
    if box is None or not box.acknowledge or first.automatic_kind or first.direction != Direction.INBOUND:
        return ""
    if first.author_is_agent or ticket.channel not in (Channel.MAIL, Channel.PORTAL):
        return ""
    address = first.from_email or (primary_address(ticket.requester) if ticket.requester else "") or ""
    if _is_forged(first):  # the answer would reach somebody who wrote nothing
        return ""
    usable = "@" in address and not never_answer(address) and address.lower() not in own_addresses()
    return address if usable and not is_suspended(address) else ""


def _is_forged(message: Message) -> bool:
    arrived = InboundMail.objects.filter(entry=message).only("decisions")
    return any(trust_in(mail) is Trust.FAILED for mail in arrived)


def is_suspended(address: str) -> bool:
    """Whether mail to this address came back for good and nobody cleared it since."""
    person = find_by_email(address)
    points = person.contact_points.filter(normalised=address.lower()) if person else None
    return points is not None and points.filter(suspended_at__isnull=False).exists()


@unit()
def send_confirmation(report: GuestReport, url: str, *, now: datetime) -> OutboxMail:
    """Queue the mail by which a guest confirms their address; `url` is the whole address of the confirming page."""
    sender = sender_of(default_mailbox())
    with translation.override(report.language):
        context = {"report": report, "url": url, "signature": sender.signature}
        mail: dict[str, Any] = {**written("confirm", context), "subject": _("Please confirm your report")}
    outgoing = letter_from(sender, to=[report.email], automatic=True, **mail)
    return queue_mail(outgoing, actor=ACTOR, now=now)
