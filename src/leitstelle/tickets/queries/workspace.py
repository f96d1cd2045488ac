"""One ticket with everything its page shows, in a fixed number of queries."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from leitstelle.accounts.models import Person
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.choices import PlannedState, StatusType
from leitstelle.tickets.models import (
    Attachment,
    Draft,
    Handover,
    Message,
    Participant,
    PlannedReply,
    Ticket,
    TicketLink,
)
from leitstelle.tickets.policies import (
    visible_drafts,
    visible_handovers,
    visible_messages,
    visible_tickets,
)
from leitstelle.tickets.queries.known import with_known, with_known_names, with_people

# The conversation opens with its newest messages; older ones follow on request.
PAGE = 50


@dataclass(frozen=True)
class Conversation:
    """Messages oldest first, with bodies, files and recipients; `older` says whether there are more."""

    messages: list[Message]
    older: bool


def ticket_for_page(viewer: Viewer, public_id: UUID) -> Ticket | None:
    """Return a visible ticket with all names a ticket page shows, `None` where there is none.

    Each join makes PostgreSQL plan longer than it runs: what this process knows anyway is not joined. The team is,
    because steps decide by it.
    """
    rows = visible_tickets(viewer).select_related(
        "requester__organisation", "organisation", "site", "assignee", "team"
    )
    waiting = PlannedReply.objects.filter(
        ticket=OuterRef("pk"), state__in=[PlannedState.WAITING, PlannedState.HELD]
    )
    # Not `first()`: it orders, and ordering makes Django hash each of the many columns.
    ticket = next(iter(rows.filter(public_id=public_id).annotate(has_planned=Exists(waiting))[:1]), None)
    if ticket is not None:
        with_known_names([ticket], ("status", "priority", "level", "category", "service"))
    return ticket


def conversation(ticket: Ticket, viewer: Viewer, *, before: Message | None = None) -> Conversation:
    """Return the newest messages this viewer may read, or those before `before`.

    Authors are read once each, not joined to every message; whom the ticket names is not read again.
    """
    # What was written to a ticket that was merged apart is still read there by those who wrote it.
    is_alias = ticket.status_type == StatusType.MERGED and viewer.hat is Hat.REQUESTER
    whose = Q(ticket=ticket) | Q(apart_of=ticket) if is_alias else Q(ticket=ticket)
    rows = visible_messages(viewer).filter(whose)
    if before is not None:
        rows = rows.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    rows = rows.select_related("body").prefetch_related(
        Prefetch("attachments", Attachment.objects.select_related("blob")), "recipients"
    )
    newest = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    with_people(newest, ("author",), among=_named_on(ticket))
    return Conversation(newest[:PAGE][::-1], older=len(newest) > PAGE)


def protocol(ticket: Ticket) -> QuerySet[Event]:
    """Return every event of the ticket in order; for agents only."""
    return events_for(Subject("ticket", ticket.pk))


def handovers_of(ticket: Ticket, viewer: Viewer) -> list[Handover]:
    """Return the ticket's handovers, oldest first, with teams, levels and people."""
    found = visible_handovers(viewer).filter(ticket=ticket).order_by()
    rows = sorted(found, key=lambda row: (row.offered_at, row.pk))
    with_known(rows, {"from_team": "team", "to_team": "team", "from_level": "level", "to_level": "level"})
    people = ("from_person", "to_person", "offered_by", "decided_by")
    with_people(rows, people, among=_named_on(ticket))
    return rows


def participants_of(ticket: Ticket) -> list[Participant]:
    """Return who takes part, the requester first."""
    rows = ticket.participants.select_related("person__organisation")
    return sorted(rows, key=lambda row: (row.added_at, row.pk))


def links_of(ticket: Ticket, viewer: Viewer) -> list[tuple[TicketLink, Ticket, bool]]:
    """Return visible linked tickets as (link, other ticket, whether this one is the source).

    One statement for a ticket without links, two for any other.
    """
    rows = TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket)).order_by("created_at", "pk")
    found = [(link, link.source_id == ticket.pk) for link in rows]
    ids = [link.target_id if outgoing else link.source_id for link, outgoing in found]
    others = visible_tickets(viewer).in_bulk(ids) if ids else {}
    with_known_names(list(others.values()))
    return [
        (link, others[pk], outgoing) for (link, outgoing), pk in zip(found, ids, strict=True) if pk in others
    ]


def drafts_of(ticket: Ticket, viewer: Viewer) -> dict[str, Draft]:
    """Return the viewer's own drafts on this ticket by mode."""
    return {draft.mode: draft for draft in visible_drafts(viewer).filter(ticket=ticket)}


def recent_tickets_of(ticket: Ticket, viewer: Viewer, limit: int = 5) -> list[Ticket]:
    """Return the requester's other visible tickets, newest first."""
    if ticket.requester_id is None:
        return []
    rows = visible_tickets(viewer).filter(requester_id=ticket.requester_id).exclude(pk=ticket.pk)
    return list(rows.order_by("-last_message_at", "-pk")[:limit])


def _named_on(ticket: Ticket) -> list[Person]:
    """Whom the ticket names and has in memory."""
    names = [name for name in ("requester", "assignee") if name in ticket._state.fields_cache]
    return [person for name in names if (person := getattr(ticket, name)) is not None]
