"""One ticket with everything its page shows, in a fixed number of queries."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Attachment, Draft, Handover, Message, Participant, Ticket, TicketLink
from leitstelle.tickets.policies import visible_drafts, visible_handovers, visible_messages, visible_tickets

# The conversation opens with its newest messages; older ones follow on request.
PAGE = 50


@dataclass(frozen=True)
class Conversation:
    """Messages oldest first, with bodies, files and recipients; `older` says whether there are more."""

    messages: list[Message]
    older: bool


def ticket_for_page(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible tickets with all names a ticket page shows joined."""
    return visible_tickets(viewer).select_related(
        "requester__organisation",
        "requester__site",
        "organisation",
        "site",
        "assignee",
        "team",
        "level",
        "status",
        "priority",
        "impact",
        "urgency",
        "category__parent",
        "resolution_code",
        "merged_into",
    )


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
    """Return visible linked tickets as (link, other ticket, whether this one is the source)."""
    links = TicketLink.objects.filter(source=ticket) | TicketLink.objects.filter(target=ticket)
    rows = list(links.order_by("created_at"))
    other_ids = {link.target_id if link.source_id == ticket.pk else link.source_id for link in rows}
    others = visible_tickets(viewer).select_related("status").in_bulk(list(other_ids)) if other_ids else {}
    result = []
    for link in rows:
        outgoing = link.source_id == ticket.pk
        other = others.get(link.target_id if outgoing else link.source_id)
        if other is not None:
            result.append((link, other, outgoing))
    return result


def drafts_of(ticket: Ticket, viewer: Viewer) -> dict[str, Draft]:
    """Return the viewer's own drafts on this ticket by mode."""
    return {draft.mode: draft for draft in visible_drafts(viewer).filter(ticket=ticket)}


def recent_tickets_of(ticket: Ticket, viewer: Viewer, limit: int = 5) -> list[Ticket]:
    """Return the requester's other visible tickets, newest first."""
    if ticket.requester_id is None:
        return []
    rows = visible_tickets(viewer).filter(requester_id=ticket.requester_id).exclude(pk=ticket.pk)
    return list(rows.select_related("status").order_by("-last_message_at", "-pk")[:limit])
