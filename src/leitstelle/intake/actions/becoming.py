"""What becomes of a mail that was placed: a message, a vendor's message, a new ticket, a word on delivery."""

from dataclasses import replace

from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.bounces import (
    apply_bounce,
    apply_notice_bounce,
    bounced_notice,
    bounced_ticket,
)
from leitstelle.intake.actions.content import (
    inbound_message,
    is_of_the_desk,
    new_ticket,
)
from leitstelle.intake.actions.mail_work import Outcome, Work
from leitstelle.intake.actions.placing import thread
from leitstelle.intake.choices import InboundState, Reason, Step
from leitstelle.intake.queries import (
    meant_ticket,
    takes_part,
)
from leitstelle.intake.queries.aside import heard_aside
from leitstelle.intake.rules.mail.threading import clues
from leitstelle.tickets.actions import (
    NewMessage,
    add_message,
    link_tickets,
    open_ticket,
    receive_from_vendor,
)
from leitstelle.tickets.actions.status import follow_up_for
from leitstelle.tickets.choices import Audience, LinkKind
from leitstelle.tickets.models import Ticket, VendorCase
from leitstelle.tickets.rules.life_cycle import FollowUp
from leitstelle.triage.actions.replies import add_reply, understood


def added_to_vendor(work: Work, case: VendorCase) -> Outcome:
    """Nobody becomes a person or a participant by writing here."""
    writer, ticket = work.writer, case.ticket
    work.person = find_by_email(writer.email) if writer else None
    bounce = work.parsed.bounce
    origin = bounced_ticket(bounce) if bounce else None
    if bounce is not None and origin is not None:
        apply_bounce(bounce, origin, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", f"message {origin.pk}")
    new = inbound_message(work.mail, work.parsed, work.files, writer, work.person)
    ours = new.author_is_agent or (work.person is not None and takes_part(work.person, ticket))
    message = receive_from_vendor(
        case, replace(new, audience=Audience.VENDOR), counts=not ours, by=work.by, now=work.now
    )
    work.note(Step.TICKET, "", f"added to #{ticket.number}")
    return Outcome("added", ticket, message, vendor_case=case)


def bounced(work: Work) -> Outcome:
    bounce = work.parsed.bounce
    origin = bounced_ticket(bounce) if bounce else None
    if bounce is not None and origin is None and bounced_notice(bounce):
        apply_notice_bounce(bounce, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", "mail without a ticket")
        return Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    if bounce is None or origin is None:
        found = thread(work)
        ticket = Ticket.objects.filter(pk=found.ticket).first() if found.ticket else None
    else:
        ticket = origin.ticket
        apply_bounce(bounce, origin, by=work.by, now=work.now)
        work.note(Step.BOUNCE, f"{bounce.recipient} {bounce.status} {bounce.action}", f"message {origin.pk}")
    if ticket is None:
        work.note(Step.TICKET, "delivery report for no mail of ours", "kept without ticket")
        return Outcome("kept", state=InboundState.DISCARDED, reason=Reason.AUTOMATIC)
    return added(work, ticket)


def added(work: Work, ticket: Ticket) -> Outcome:
    new = _message(work)
    if work.person is not None and work.person.pk == ticket.requester_id:
        # Somebody of the desk with a problem of their own: here they are the requester.
        new = replace(new, author_is_agent=False)
    meant = meant_ticket(clues(work.parsed, work.own), ticket)
    if meant is not None:
        new = replace(new, written_to=meant)
    if work.writer and heard_aside(ticket, work.parsed.in_reply_to, work.writer.email, work.person):
        message = add_message(ticket, replace(new, audience=Audience.INTERNAL), by=work.by, now=work.now)
        work.note(Step.TICKET, "heard aside", f"added to #{ticket.number}")
        return Outcome("added", ticket, message)
    reading = understood(ticket, new) if work.trust.believed else None
    if reading is not None:
        work.note(Step.MEANING, ", ".join(reading.cues), f"{reading.meaning} ({reading.confidence} %)")
    elif (
        not work.parsed.automatic.is_automatic
        and follow_up_for(ticket, work.mail.received_at) is FollowUp.NEW_TICKET
    ):
        work.note(Step.TICKET, f"closed too long ago #{ticket.number}", "new ticket")
        return opened(work, ticket)
    message = add_reply(ticket, new, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"added to #{ticket.number}")
    return Outcome("added", ticket, message)


def _message(work: Work) -> NewMessage:
    """The message the mail is; whoever only says to be of the desk does not speak for it."""
    new = inbound_message(work.mail, work.parsed, work.files, work.writer, work.person)
    return replace(new, author_is_agent=new.author_is_agent and work.trust.believed)


def opened(work: Work, earlier: Ticket | None) -> Outcome:
    first = _message(work)
    _note_customer(work, first.author_is_agent)
    ticket = open_ticket(new_ticket(work.mail, work.parsed, work.person), first, by=work.by, now=work.now)
    if earlier is not None:
        link_tickets(ticket, earlier, LinkKind.RELATED, by=work.by, now=work.now)
    work.note(Step.TICKET, "", f"opened #{ticket.number}")
    return Outcome("opened", ticket, ticket.messages.order_by("pk").first())


def _note_customer(work: Work, is_agent: bool) -> None:
    """Somebody of the desk wrote to a customer, with a copy to the desk: the customer may be whose matter it is."""
    if not is_agent or work.writer is None or work.writer.forwarded is not None:
        return
    named = [one for one in (*work.parsed.to, *work.parsed.cc) if "@" in one.email]
    others = [one for one in named[:10] if one.email.lower() not in work.own]
    customer = next((one for one in others if not is_of_the_desk(find_by_email(one.email.lower()))), None)
    if customer is not None:
        work.note(Step.WRITTEN_TO, customer.email, customer.name)
