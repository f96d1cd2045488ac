"""Keeping the clock caches true in the transaction that changed the facts."""

from django.db.models import Q

from leitstelle.accounts.events import OrganisationsMerged, OrganisationsUnmerged
from leitstelle.accounts.queries import moved_rows
from leitstelle.calendars.events import CalendarVersionPublished
from leitstelle.kernel.events import Event, subscribe
from leitstelle.sla.actions import CLOCK_FIELDS, follow_clocks, update_clocks
from leitstelle.sla.events import WorkaroundGiven
from leitstelle.sla.models import TicketClock
from leitstelle.sla.queries import as_past
from leitstelle.tickets.events import (
    HandoverReturned,
    MessageAdded,
    RequesterChanged,
    StatusChanged,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import ONGOING, Ticket


@subscribe(
    TicketOpened,
    MessageAdded,
    StatusChanged,
    TicketClassified,
    RequesterChanged,
    WorkaroundGiven,
    name="sla.update_clocks",
    inline=True,
)
def follow_the_facts(event: Event) -> None:
    """Recompute the clocks, unless the event is a message that moves none."""
    if event.code == MessageAdded.code and not event.data["is_response"]:
        return
    now = max(event.recorded_at, event.at)
    if event.code == TicketOpened.code:
        # The first event of its ticket: nothing came before it, and no clock is there yet.
        follow_clocks(_ticket_of(event), now, events=[as_past(event)], is_new=True)
    else:
        follow_clocks(_ticket_of(event), now)


def _ticket_of(event: Event) -> Ticket:
    """What clocks ask of the ticket. The recorder's object may be older than the row, unless they just made it."""
    if event.code == TicketOpened.code and isinstance(event.about, Ticket):
        return event.about
    return Ticket.objects.only(*CLOCK_FIELDS).get(pk=event.subject_id)


@subscribe(TicketAssigned, TicketHandedOver, HandoverReturned, name="sla.follow_the_level", inline=True)
def follow_the_level(event: Event) -> None:
    """Internal clocks run on the level that has the ticket; without such a clock nothing depends on it."""
    known = TicketClock.objects.filter(ticket=event.subject_id).values_list(
        "level", "version__targets__level"
    )
    if any(level is not None for row in known.distinct() for level in row):
        follow_clocks(_ticket_of(event), max(event.recorded_at, event.at))


@subscribe(OrganisationsMerged, OrganisationsUnmerged, name="sla.follow_merged_customers")
def follow_merged_customers(event: Event) -> None:
    """The survivor's agreement counts for the tickets it got, and the former one again for those it gave back."""
    moved = moved_rows(event, "tickets.organisation")
    for ticket in Ticket.objects.filter(ONGOING, pk__in=moved).order_by("pk").iterator(chunk_size=200):
        update_clocks(ticket, event.recorded_at)


@subscribe(CalendarVersionPublished, name="sla.follow_new_hours")
def follow_new_hours(event: Event) -> None:
    """Open tickets get the deadlines of new service hours; closed ones keep theirs."""
    calendar = event.subject_id
    counted = Q(clocks__calendar=calendar) | Q(clocks__version__calendar=calendar)
    counted |= Q(clocks__version__targets__calendar=calendar)
    for ticket in Ticket.objects.filter(ONGOING, counted).distinct().order_by("pk").iterator(chunk_size=200):
        update_clocks(ticket, event.recorded_at)
