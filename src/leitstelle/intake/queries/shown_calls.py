"""Calls ready for lists and cards: only people and tickets that the reader may see are named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.rules import format_phone
from leitstelle.intake.choices import PhoneDirection, PhoneOutcome
from leitstelle.intake.labels import PHONE_OUTCOME
from leitstelle.intake.models import PhoneCall
from leitstelle.intake.queries.telephony import calls_at
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.calls import tickets_of_caller

OPEN_SHOWN = 3


@dataclass(frozen=True)
class ShownCall:
    """A call with words for it. `people` are who may be on the other side; `talked` is how long both spoke."""

    call: PhoneCall
    number: str
    people: list[Person]
    outcome: str | Promise
    is_in: bool
    is_missed: bool
    talked: timedelta | None
    ticket: Ticket | None
    open_tickets: list[Ticket] = field(default_factory=list)


def shown_calls(viewer: Viewer, calls: Sequence[PhoneCall]) -> list[ShownCall]:
    """Return calls of `recent_calls` or `calls_at` for the reader; two statements."""
    ids = {one.person_id for call in calls for one in call.candidates.all()}
    ids |= {call.person_id for call in calls if call.person_id is not None}
    people = {one.pk: one for one in visible_people(viewer).select_related("organisation").filter(pk__in=ids)}
    wanted = {call.message.ticket_id for call in calls if call.message is not None}
    tickets = visible_tickets(viewer).in_bulk(wanted) if wanted else {}
    return [_shown(call, people, tickets) for call in calls]


def _shown(call: PhoneCall, people: dict[int, Person], tickets: dict[int, Ticket]) -> ShownCall:
    named = [call.person_id] if call.person_id else [one.person_id for one in call.candidates.all()]
    return ShownCall(
        call=call,
        number=format_phone(call.number) if call.number else "",
        people=[people[pk] for pk in named if pk in people],
        outcome=PHONE_OUTCOME[call.outcome],
        is_in=call.direction == PhoneDirection.IN,
        is_missed=call.outcome in (PhoneOutcome.MISSED, PhoneOutcome.VOICEMAIL),
        talked=talked_in(call),
        ticket=tickets.get(call.message.ticket_id) if call.message is not None else None,
    )


def talked_in(call: PhoneCall) -> timedelta | None:
    """Return how long both spoke, `None` where they did not or still do."""
    return call.ended_at - call.answered_at if call.ended_at and call.answered_at else None


def cards_at(viewer: Viewer, now: datetime) -> list[ShownCall]:
    """Return what rings at the viewer now with the open tickets of a recognised caller; two statements a caller."""
    found = shown_calls(viewer, calls_at(viewer, now))
    for card in found:
        if len(card.people) == 1:
            card.open_tickets.extend(tickets_of_caller(viewer, card.people[0].pk).open[:OPEN_SHOWN])
    return found
