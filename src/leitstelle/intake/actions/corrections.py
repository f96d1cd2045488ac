"""Corrections of the flight recorder: another ticket, a ticket of its own, another person. They teach."""

from datetime import datetime

from leitstelle.accounts.actions import ensure_person_for_address, remove_contact_point
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.intake.choices import CorrectionKind
from leitstelle.intake.errors import NotCorrectable
from leitstelle.intake.events import MailCorrected
from leitstelle.intake.models import InboundMail, MailCorrection, MailReference
from leitstelle.intake.policies import can_decide
from leitstelle.intake.rules.mail.naming import named_ids
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.moving import move_message, split_message
from leitstelle.tickets.actions.people import change_requester
from leitstelle.tickets.models import Message, Ticket


@unit()
def move_mail(mail: InboundMail, target: Ticket, *, by: Viewer, now: datetime) -> Message:
    """Say that a mail belongs to another ticket; what answers it goes there too. Agents of both tickets.

    Records `MessageMoved` and `MailCorrected`. Raises `NotAllowed`, `NotCorrectable`, `NotMovable`.
    """
    message, source = _entry(mail, by)
    moved = move_message(message, target, by=by, now=now)
    _note(mail, CorrectionKind.MOVED, by, now, before=source, after=target)
    return moved


@unit()
def own_ticket(mail: InboundMail, *, by: Viewer, now: datetime) -> Ticket:
    """Say that a mail is a matter of its own. Agents of the ticket. Records `TicketOpened`, `MailCorrected`.

    Raises as `move_mail`.
    """
    message, source = _entry(mail, by)
    ticket = split_message(message, by=by, now=now)
    _note(mail, CorrectionKind.OWN_TICKET, by, now, before=source, after=ticket)
    return ticket


@unit()
def not_this_person(mail: InboundMail, *, by: Viewer, now: datetime) -> Person:
    """Say that a mail is not of the person whose address it is: the address gets a person of its own.

    Agents of the ticket. The requester of a ticket this mail opened follows. Records `MailCorrected` and what
    `accounts` records. Raises as `move_mail`; `NotCorrectable` for an address somebody confirmed as theirs.
    """
    message, ticket = _entry(mail, by)
    point = (
        ContactPoint.objects.select_related("person")
        .filter(
            kind=ContactKind.EMAIL, normalised=message.from_email.lower(), person_id=message.author_id or 0
        )
        .first()
    )
    if point is None or point.verified_at is not None:
        raise NotCorrectable()
    wrong = point.person
    remove_contact_point(point, by=by, now=now)
    person, _created = ensure_person_for_address(
        message.from_email, message.from_name, by=Viewer.system(), now=now
    )
    Message.objects.filter(pk=message.pk).update(author=person, author_is_agent=False)
    first = ticket.messages.order_by("pk").values_list("pk", flat=True).first()
    if ticket.requester_id == wrong.pk and first == message.pk:
        change_requester(ticket, person, by=by, now=now)
    _note(mail, CorrectionKind.NOT_PERSON, by, now, before=ticket, after=ticket)
    return person


def _entry(mail: InboundMail, by: Viewer) -> tuple[Message, Ticket]:
    if not can_decide(by, mail):
        raise NotAllowed()
    message = Message.objects.select_related("ticket", "body").filter(pk=mail.entry_id or 0).first()
    if message is None:
        raise NotCorrectable()
    return message, message.ticket


def _note(
    mail: InboundMail, kind: CorrectionKind, by: Viewer, now: datetime, *, before: Ticket, after: Ticket
) -> None:
    ids = named_ids(read_blob(mail.raw))
    MailCorrection.objects.create(
        mail=mail,
        kind=kind,
        sender=mail.sender.lower(),
        ids=ids,
        before=before,
        after=after,
        by_id=by.person_id,
        at=now,
    )
    if before.pk != after.pk:
        InboundMail.objects.filter(entry=mail.entry_id).update(ticket=after)
        MailReference.objects.filter(message=mail.entry_id, ticket=before).update(ticket=after)
    data = MailCorrected(kind=kind, before=before.pk, after=after.pk)
    record(data, subject=Subject("inbound_mail", mail.pk), actor=by.actor, at=now)
