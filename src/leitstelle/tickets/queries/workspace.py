"""One ticket with everything its page shows, in a fixed number of queries."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import PlannedState
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
    on_visible_ticket,
    visible_drafts,
    visible_handovers,
    visible_messages,
    visible_tickets,
)
from leitstelle.tickets.queries.known import with_known_names

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
    ticket = rows.filter(public_id=public_id).annotate(has_planned=Exists(waiting)).first()
    if ticket is not None:
        with_known_names([ticket], ("status", "priority", "level", "category"))
    return ticket


def conversation(ticket: Ticket, viewer: Viewer, *, before: Message | None = None) -> Conversation:
    """Return the newest messages this viewer may read, or those before `before`."""
    rows = visible_messages(viewer).filter(ticket=ticket)
    if before is not None:
        rows = rows.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    rows = rows.select_related("body", "author").prefetch_related(
        Prefetch("attachments", Attachment.objects.select_related("blob")), "recipients"
    )
    newest = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    return Conversation(newest[:PAGE][::-1], older=len(newest) > PAGE)


def protocol(ticket: Ticket) -> QuerySet[Event]:
    """Return every event of the ticket in order; for agents only."""
    return events_for(Subject("ticket", ticket.pk))


def handovers_of(ticket: Ticket, viewer: Viewer) -> list[Handover]:
    """Return the ticket's handovers, oldest first."""
    rows = visible_handovers(viewer).filter(ticket=ticket)
    return list(
        rows.select_related(
            "from_team",
            "from_level",
            "from_person",
            "to_team",
            "to_level",
            "to_person",
            "offered_by",
            "decided_by",
        )
    )


def participants_of(ticket: Ticket) -> list[Participant]:
    """Return who takes part, the requester first."""
    return list(ticket.participants.select_related("person__organisation").order_by("added_at", "pk"))


def links_of(ticket: Ticket, viewer: Viewer) -> list[tuple[TicketLink, Ticket, bool]]:
    """Return visible linked tickets as (link, other ticket, whether this one is the source); one query."""
    seen = Q(Q(source=ticket), on_visible_ticket(viewer, "target"))
    seen |= Q(Q(target=ticket), on_visible_ticket(viewer, "source"))
    rows = TicketLink.objects.filter(seen).select_related("source", "target").order_by("created_at")
    result = [(link, link.source_id == ticket.pk) for link in rows]
    others = [link.target if outgoing else link.source for link, outgoing in result]
    with_known_names(others)
    return [(link, other, outgoing) for (link, outgoing), other in zip(result, others, strict=True)]


def drafts_of(ticket: Ticket, viewer: Viewer) -> dict[str, Draft]:
    """Return the viewer's own drafts on this ticket by mode."""
    return {draft.mode: draft for draft in visible_drafts(viewer).filter(ticket=ticket)}


def recent_tickets_of(ticket: Ticket, viewer: Viewer, limit: int = 5) -> list[Ticket]:
    """Return the requester's other visible tickets, newest first."""
    if ticket.requester_id is None:
        return []
    rows = visible_tickets(viewer).filter(requester_id=ticket.requester_id).exclude(pk=ticket.pk)
    return list(rows.order_by("-last_message_at", "-pk")[:limit])
