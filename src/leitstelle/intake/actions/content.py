"""What of a parsed mail becomes ticket, message, files and known ids."""

from leitstelle.accounts.choices import AGENT_ROLES
from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.intake.models import InboundMail, MailReference
from leitstelle.intake.rules.mail import MailAttachment, ParsedMail
from leitstelle.intake.rules.mail.automatic import KINDS_THAT_MAY_OPEN
from leitstelle.intake.rules.mail.identity import Writer
from leitstelle.kernel.blobs import Blob, store
from leitstelle.tickets.actions import NewFile, NewMessage, NewRecipient, NewTicket
from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole
from leitstelle.tickets.models import Attachment, Message, Ticket, VendorCase

NO_SUBJECT = "(–)"
MAX_RECIPIENTS = 50
# Signatures bring the same small picture with every mail (trap 26 of the research).
LOGO_BYTES = 40_000
LOGO_SEEN = 5


def file_of(attachment: MailAttachment) -> NewFile:
    """Keep the bytes of an attachment, untouched. A picture that came again and again is a logo, and not listed."""
    blob = store(attachment.data, declared_type=attachment.content_type)
    return NewFile(
        blob_id=blob.pk,
        filename=attachment.filename,
        content_type=attachment.content_type,
        size=attachment.size,
        is_inline=(attachment.inline and bool(attachment.content_id)) or _is_logo(blob),
        content_id=attachment.content_id,
        words=attachment.text,
    )


def _is_logo(blob: Blob) -> bool:
    if not blob.content_type.startswith("image/") or blob.size > LOGO_BYTES:
        return False
    return Attachment.objects.filter(blob=blob)[:LOGO_SEEN].count() >= LOGO_SEEN


def inbound_message(
    mail: InboundMail,
    parsed: ParsedMail,
    files: tuple[NewFile, ...],
    writer: Writer | None,
    person: Person | None,
) -> NewMessage:
    """The message of a ticket that this mail is; its time is the arrival, as a Date field may say anything."""
    reply = parsed.reply_text or parsed.text
    return NewMessage(
        text=reply,
        html=parsed.html,
        quoted_text=parsed.quoted_text if parsed.reply_text else "",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=person.pk if person else None,
        author_is_agent=is_of_the_desk(person),
        at=mail.received_at,
        from_name=writer.name if writer else parsed.sender.name if parsed.sender else "",
        from_email=writer.email if writer else mail.sender,
        subject=parsed.subject,
        rfc_message_id=parsed.message_id,
        automatic_kind=parsed.automatic.kind[:20],
        recipients=_recipients(parsed),
        files=files,
    )


def is_of_the_desk(person: Person | None) -> bool:
    """Whether somebody is an agent, whatever they work on."""
    return person is not None and RoleGrant.objects.filter(role__in=AGENT_ROLES, person=person).exists()


def _recipients(parsed: ParsedMail) -> tuple[NewRecipient, ...]:
    found = [
        NewRecipient(email=address.email, name=address.name, role=role)
        for role, addresses in ((RecipientRole.TO, parsed.to), (RecipientRole.CC, parsed.cc))
        for address in addresses
        if address.email
    ]
    return tuple(found[:MAX_RECIPIENTS])


def new_ticket(mail: InboundMail, parsed: ParsedMail, person: Person | None) -> NewTicket:
    """The ticket a mail opens: the mailbox says where it goes, the sender whose it is."""
    box = mail.mailbox
    return NewTicket(
        subject=parsed.subject or ("" if parsed.text.strip() else NO_SUBJECT),
        channel=Channel.MAIL,
        requester_id=person.pk if person else None,
        organisation_id=(person.organisation_id if person else None) or box.organisation_id,
        category_id=box.category_id,
        team_id=box.team_id,
        language=person.language if person else box.language,
        opened_at=mail.received_at,
    )


def may_open(kind: str) -> bool:
    """Whether automatic mail of this kind may be the first word of a ticket."""
    return not kind or kind in KINDS_THAT_MAY_OPEN


def remember_ids(
    ticket: Ticket, message: Message | None, parsed: ParsedMail, case: VendorCase | None = None
) -> None:
    """Keep the Message-ID and every id the mail refers to, so that answers and siblings find the ticket.

    Ids of a vendor's thread are marked as such, but not those that are known from the public conversation.
    """
    rows = (
        [MailReference(value=parsed.message_id[:255], ticket=ticket, message=message, vendor_case=case)]
        if parsed.message_id
        else []
    )
    if not parsed.automatic.is_automatic:
        mentioned = dict.fromkeys([parsed.in_reply_to, *parsed.references[-50:]])
        rows += [
            MailReference(value=value[:255], ticket=ticket, vendor_case=case)
            for value in mentioned
            if value and value != parsed.message_id
        ]
    MailReference.objects.bulk_create(rows, ignore_conflicts=True)
