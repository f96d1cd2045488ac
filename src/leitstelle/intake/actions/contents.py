"""Keeping what stood in a mail beside its words, and making the sender of a forwarded mail its requester."""

from datetime import datetime

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.models import Person
from leitstelle.intake.actions.corrections import move_mail
from leitstelle.intake.errors import NotCorrectable
from leitstelle.intake.models import ExternalNumber, InboundMail, MailEvent
from leitstelle.intake.policies import can_decide
from leitstelle.intake.queries.contents import forwarded_in, suggested_in
from leitstelle.intake.rules.mail import ParsedMail
from leitstelle.intake.rules.mail.foreign import foreign_numbers, who_uses
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import link_tickets
from leitstelle.tickets.actions.people import change_requester
from leitstelle.tickets.choices import LinkKind
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import visible_tickets


def keep_events(message: Message, parsed: ParsedMail) -> None:
    """The events of a mail, beside its message. Part of processing; records nothing of its own."""
    MailEvent.objects.bulk_create(
        MailEvent(
            message=message,
            method=event.method[:20],
            uid=event.uid[:255],
            sequence=event.sequence,
            summary=event.summary[:300],
            starts_at=event.start,
            ends_at=event.end,
            all_day=event.all_day,
            zone=event.zone[:60],
            location=event.location[:300],
            organizer=event.organizer[:300],
            attendee=event.attendee[:300],
            answer=event.answer[:20],
            repeats=event.repeats,
        )
        for event in parsed.events
    )


def keep_numbers(ticket: Ticket, parsed: ParsedMail, sender: str) -> tuple[str, ...]:
    """Other desks' numbers in the subject, for the mail that comes back. Part of processing; records nothing."""
    numbers = foreign_numbers(parsed.subject)
    user = who_uses(sender)
    if numbers and user:
        ExternalNumber.objects.bulk_create(
            [ExternalNumber(ticket=ticket, value=number[:60], sender=user[:254]) for number in numbers],
            ignore_conflicts=True,
        )
    return numbers


def put_where_named(mail: InboundMail, *, by: Viewer, now: datetime) -> tuple[Ticket, bool]:
    """Put a mail where it says it belongs: its message moves there; where that is all of its ticket, both are linked.

    Agents of both tickets. Returns the ticket, and whether the mail moved. Records `MessageMoved` and `MailCorrected`,
    or `TicketsLinked`. Raises `NotAllowed`, `NotCorrectable`.
    """
    named = suggested_in(mail)
    target = visible_tickets(by).select_related("status").filter(pk=named).first() if named else None
    if target is None or mail.ticket is None or mail.entry is None or not can_decide(by, mail):
        raise NotCorrectable()
    if mail.ticket.messages.exclude(pk=mail.entry.pk).exists():
        move_mail(mail, target, by=by, now=now)
        return target, True
    link_tickets(mail.ticket, target, LinkKind.RELATED, by=by, now=now)
    return target, False


@unit()
def take_original_sender(mail: InboundMail, *, by: Viewer, now: datetime) -> Person:
    """Make whoever wrote the mail that was forwarded the requester of its ticket. Agents of the ticket.

    Records `RequesterChanged`, and what `accounts` records for somebody new. Raises `NotAllowed`, `NotCorrectable`.
    """
    if not can_decide(by, mail):
        raise NotAllowed()
    found = forwarded_in(mail)
    if mail.ticket is None or found is None:
        raise NotCorrectable()
    email, name = found
    person, _ = ensure_person_for_address(email, name, by=by, now=now)
    change_requester(mail.ticket, person, by=by, now=now)
    return person
