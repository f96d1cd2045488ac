"""What follows from a call that ended: a call-back ticket for a missed one, and its end when somebody called back."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts.rules import format_phone
from leitstelle.catalog.models import ResolutionCode
from leitstelle.intake.actions.telephony import join_call
from leitstelle.intake.choices import PhoneDirection, PhoneOutcome
from leitstelle.intake.models import CallBack, PhoneCall
from leitstelle.intake.queries.telephony import open_callback
from leitstelle.intake.rules.telephony.calls import CALL_BACK
from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import RetryLater
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.rules.inputs import NewMessage

SOLVED = "solved"


@unit()
def follow_up_call(call: PhoneCall, *, now: datetime) -> Ticket | None:
    """Open a call-back ticket for a missed call, or settle the one that a spoken call answers; return it.

    A number has one open call-back ticket at a time: further missed calls join it. Records what the ticket's actions
    and `join_call` record. Raises `RetryLater` where another call of the number is followed up at this moment.
    """
    if call.message_id is not None or not call.number:
        return None
    if call.direction == PhoneDirection.IN and call.outcome in CALL_BACK and call.source.missed_tickets:
        return _call_back(call, now)
    if call.outcome == PhoneOutcome.ANSWERED and (first := open_callback(call.number)) is not None:
        return _called_back(call, first, now)
    return None


def _call_back(call: PhoneCall, now: datetime) -> Ticket:
    insert_ignore(CallBack, {"number": call.number})
    row = CallBack.objects.select_related("message__ticket").get(number=call.number)
    if row.message is not None and row.message.ticket.is_ongoing:
        join_call(call, row.message, by=Viewer.system(), now=now)
        return row.message.ticket
    ticket, first = _open(call, now)
    # Somebody else who follows up a call of this number at the same moment sees one of both fail here.
    if not CallBack.objects.filter(pk=row.pk, message=row.message_id).update(message=first):
        raise RetryLater(1, "another call of the same number is followed up")
    join_call(call, first, by=Viewer.system(), now=now)
    return ticket


def _open(call: PhoneCall, now: datetime) -> tuple[Ticket, Message]:
    person, shown = call.person, format_phone(call.number)
    language = person.language if person is not None else settings.LANGUAGE_CODE
    with translation.override(language):
        who = f"{person.display_name} ({shown})" if person is not None else shown
        subject = _("Call back: %(who)s") % {"who": who}
        left = call.outcome == PhoneOutcome.VOICEMAIL
        text = _("Called and left a message.") if left else _("Called; nobody answered.")
        if call.own_number:
            text = f"{text}\n\n" + _("Number that was called: %(number)s") % {"number": call.own_number}
    wanted = tickets.NewTicket(
        subject=subject,
        channel=Channel.PHONE,
        requester_id=person.pk if person is not None else None,
        organisation_id=person.organisation_id if person is not None else None,
        kind=Kind.REQUEST,
        team_id=call.team_id,
        opened_at=call.ended_at,
    )
    said = NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=Channel.PHONE,
        audience=Audience.PUBLIC,
        author_id=person.pk if person is not None else None,
        from_name="" if person is not None else shown,
        at=call.ended_at,
    )
    ticket = tickets.open_ticket(wanted, said, by=Viewer.system(), now=now)
    return ticket, ticket.messages.get()


def _called_back(call: PhoneCall, first: Message, now: datetime) -> Ticket:
    """Note that both have spoken; a ticket that nobody has written to yet wanted nothing else and is solved."""
    ticket, system = first.ticket, Viewer.system()
    was_untouched = ticket.messages.count() == 1
    began, ended = call.answered_at or call.started_at, call.ended_at or now
    out = call.direction == PhoneDirection.OUT
    with translation.override(ticket.language or settings.LANGUAGE_CODE):
        text = _("Called back.") if out else _("Called again and was answered.")
    said = NewMessage(
        text=text,
        direction=Direction.OUTBOUND,
        channel=Channel.PHONE,
        audience=Audience.PUBLIC,
        author_id=call.agent_id,
        author_is_agent=True,
        at=min(ended, now),
        talk_seconds=max(0, round((ended - began).total_seconds())),
    )
    message = tickets.add_message(ticket, said, by=system, now=now)
    join_call(call, message, by=system, now=now)
    if was_untouched and ResolutionCode.objects.filter(pk=SOLVED, is_active=True).exists():
        tickets.resolve_ticket(ticket, code=SOLVED, by=system, now=now, solution=message)
    return ticket
