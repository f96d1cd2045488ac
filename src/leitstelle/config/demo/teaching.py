"""Letting the demo company's desk learn from its own past, as every night does on a real one; and what shows it."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Hat
from leitstelle.tickets.actions import NewTicket, open_ticket
from leitstelle.tickets.choices import Audience, Channel, Direction, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.triage.actions.bursts import look_for_burst
from leitstelle.triage.actions.proposing import propose
from leitstelle.triage.actions.replies import answer_from_portal
from leitstelle.triage.actions.training import train_model

Texts = dict[str, Any]
# Mails that nobody has touched yet are looked at as if they had just come in.
_LOOKED_AT = 40


def teach(company: Company, texts: Texts, *, now: datetime) -> None:
    """Train on what is solved, propose for new mails, let people say thanks, and let something break down."""
    train_model(now=now)
    waiting = Ticket.objects.filter(status_type=StatusType.NEW, channel=Channel.MAIL, category=None)
    for ticket in waiting.order_by("-opened_at")[:_LOOKED_AT]:
        propose(ticket, now=max(ticket.opened_at, ticket.last_message_at))
    _say_thanks(texts, now)
    _break_down(company, texts, now)


def _say_thanks(texts: Texts, now: datetime) -> None:
    """Two tickets solved lately get thanks, one that somebody works on is no longer needed."""
    known = Ticket.objects.filter(requester__language="de").select_related("requester", "status")
    solved = known.filter(status_type=StatusType.RESOLVED).order_by("-resolved_at")
    for ticket, text in zip(solved, texts["thanks"], strict=False):
        _answer(ticket, text, max(ticket.last_message_at, now - timedelta(minutes=50)))
    busy = (
        known.filter(status_type=StatusType.OPEN, assignee__isnull=False).order_by("-last_message_at").first()
    )
    if busy is not None:
        _answer(busy, texts["wish"], max(busy.last_message_at, now - timedelta(minutes=20)))


def _answer(ticket: Ticket, text: str, at: datetime) -> None:
    if ticket.requester is not None:
        answer_from_portal(ticket, text, by=viewer_for(ticket.requester, Hat.REQUESTER), now=at)


def _break_down(company: Company, texts: Texts, now: datetime) -> None:
    """Several people of the largest site report the same within minutes."""
    staff = [key for one in company.data["organisations"] for key in company.requesters(one["key"])]
    sites = Counter(company.person_data(key)["site"] for key in staff)
    hit = [
        company.people[key]
        for key in staff
        if company.person_data(key)["site"] == max(sites, key=sites.__getitem__)
    ]
    for number, (person, (subject, text)) in enumerate(zip(hit, texts["outage"], strict=False)):
        ticket = _mail(person, subject, text, now - timedelta(minutes=24 - 4 * number))
        propose(ticket, now=ticket.opened_at)
        ticket.refresh_from_db()
        look_for_burst(ticket, now=ticket.opened_at)


def _mail(person: Person, subject: str, text: str, at: datetime) -> Ticket:
    new = NewTicket(subject=subject, channel=Channel.MAIL, requester_id=person.pk, opened_at=at)
    first = NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=person.pk,
        at=at,
    )
    return open_ticket(new, first, by=viewer_for(person, Hat.REQUESTER), now=at)
