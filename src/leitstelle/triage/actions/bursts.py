"""Noticing that something has broken down for many, and saying what it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import link_tickets
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.choices import LinkKind
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import BurstState, Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.events import BurstSettled, OutageSuspected
from leitstelle.triage.models import Burst, BurstTicket, Proposal
from leitstelle.triage.policies import can_settle
from leitstelle.triage.queries.bursts import Place, like_and_new, places_of, usual_in_window
from leitstelle.triage.rules.bursts import is_burst

KIND = "triage_burst"
# A burst takes in what comes so long after its last ticket; one that was dismissed keeps silent as long.
STAYS = timedelta(hours=4)


@unit()
def look_for_burst(ticket: Ticket, *, now: datetime) -> Burst | None:
    """Say whether a new ticket is one too many like it; for the worker.

    Joins a burst of its category and place, or makes one and records `OutageSuspected`.
    """
    if BurstTicket.objects.filter(ticket=ticket).exists():
        return None
    like, words = like_and_new(ticket)
    for place in places_of(ticket):
        members = [one for one in like if place.holds(one)]
        known = _known(ticket, place)
        if known is not None:
            return _join(known, ticket, now)
        people = {one.requester_id or -one.pk for one in members}
        if is_burst(len(people), len(members), usual_in_window(ticket, place)):
            return _begin(ticket, place, members, words, now)
    return None


def _known(ticket: Ticket, place: Place) -> Burst | None:
    same: dict[str, Any] = {
        "category_id": ticket.category_id,
        "organisation_id": place.organisation_id,
        "site_id": place.site_id,
    }
    rows = Burst.objects.filter(**same, last_at__gt=ticket.opened_at - STAYS)
    return rows.select_related("main").first()


def _join(burst: Burst, ticket: Ticket, now: datetime) -> Burst | None:
    """What was dismissed keeps silent; to an outage that was confirmed the ticket is linked at once."""
    if burst.state == BurstState.DISMISSED or (ticket.category_id is None and not _speaks_of(burst, ticket)):
        return None
    Burst.objects.filter(pk=burst.pk).update(last_at=max(burst.last_at, ticket.opened_at))
    _take_in(burst, [ticket], now)
    if burst.state == BurstState.ACCEPTED and burst.main is not None:
        link_tickets(ticket, burst.main, LinkKind.CHILD_OF, by=Viewer.system(), now=now)
    return burst


def _speaks_of(burst: Burst, ticket: Ticket) -> bool:
    """Without a category the words must fit: one of those the burst is about stands in the subject."""
    return any(word in ticket.subject.casefold() for word in burst.words)


def _begin(
    ticket: Ticket, place: Place, members: Sequence[Ticket], words: Sequence[str], now: datetime
) -> Burst:
    burst = Burst.objects.create(
        category_id=ticket.category_id,
        organisation_id=place.organisation_id,
        site_id=place.site_id,
        began_at=min(one.opened_at for one in members),
        last_at=ticket.opened_at,
        detected_at=now,
        usual=usual_in_window(ticket, place),
        words=list(words),
    )
    _take_in(burst, members, now)
    data = OutageSuspected(burst_id=burst.pk, count=len(members))
    record_on(ticket, data, by=Viewer.system(), at=now)
    return burst


def _take_in(burst: Burst, tickets: Sequence[Ticket], now: datetime) -> None:
    taken = BurstTicket.objects.filter(ticket__in=[one.pk for one in tickets]).values_list(
        "ticket_id", flat=True
    )
    fresh = [one for one in tickets if one.pk not in set(taken)]
    BurstTicket.objects.bulk_create(BurstTicket(burst=burst, ticket=one) for one in fresh)
    state = ProposalState.ACCEPTED if burst.state == BurstState.ACCEPTED else ProposalState.SUGGESTED
    Proposal.objects.bulk_create(
        Proposal(
            ticket=one,
            matter=Matter.OUTAGE,
            state=state,
            options=[[str(burst.public_id), 100]],
            created_at=now,
        )
        for one in fresh
    )


@unit()
def accept_burst(burst: Burst, main: Ticket, *, by: Viewer, now: datetime) -> Burst:
    """Say that it is an outage: the other tickets are linked to `main`. Leads who work on it.

    Records `BurstSettled` and `TicketsLinked` for each. Raises `NotAllowed`, `InvalidInput` for a ticket that does not
    belong to it, `AlreadyAnswered`.
    """
    if not can_settle(by, main):
        raise NotAllowed()
    members = list(Ticket.objects.filter(pk__in=burst.members.values("ticket_id")).order_by("pk"))
    if main.pk not in {one.pk for one in members}:
        raise InvalidInput(fields={"main": InvalidInput.default_message})
    _settle(burst, BurstState.ACCEPTED, main=main, linked=len(members) - 1, by=by, now=now)
    for one in members:
        if one.pk != main.pk:
            # Also those this lead does not see: who sees both sees the link.
            link_tickets(one, main, LinkKind.CHILD_OF, by=Viewer.system(), now=now)
    return burst


@unit()
def dismiss_burst(burst: Burst, *, seen: Ticket, by: Viewer, now: datetime) -> Burst:
    """Say that it is no outage. Leads who work on one of its tickets (`seen`).

    Records `BurstSettled`. Raises `NotAllowed`, `AlreadyAnswered`.
    """
    if not can_settle(by, seen):
        raise NotAllowed()
    return _settle(burst, BurstState.DISMISSED, main=None, linked=0, by=by, now=now)


def _settle(
    burst: Burst, state: BurstState, *, main: Ticket | None, linked: int, by: Viewer, now: datetime
) -> Burst:
    waiting = Burst.objects.filter(pk=burst.pk, state=BurstState.PROPOSED)
    if not waiting.update(state=state, main=main, settled_at=now):
        raise AlreadyAnswered()
    burst.state, burst.main, burst.settled_at = state, main, now
    answer = ProposalState.ACCEPTED if state == BurstState.ACCEPTED else ProposalState.DISMISSED
    Proposal.objects.filter(matter=Matter.OUTAGE, ticket__in=burst.members.values("ticket_id")).update(
        state=answer, settled_at=now
    )
    data = BurstSettled(state=state, main_id=main.pk if main else None, linked=linked)
    record(data, subject=Subject(KIND, burst.pk), actor=by.actor, at=now)
    return burst
