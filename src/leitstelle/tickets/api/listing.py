"""Lists of tickets: filters over the ticket's own columns, or hits of the search index."""

from typing import Any

from django.db.models import Q, QuerySet

from leitstelle.catalog.models import Category
from leitstelle.catalog.queries import category_with_descendants
from leitstelle.kernel.api import paginate
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.api.doors import shown_tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import searchable
from leitstelle.tickets.schemas.tickets import TicketFilters, TicketOut
from leitstelle.tickets.searchdocs import KIND

# What a requester cannot see must not be found out by narrowing a list to it, or by its order.
FOR_DESK = ("service", "team", "level", "assignee", "priority", "updated_since", "updated_before")
ORDERS = {
    "opened": ["-opened_at", "-id"],
    "recent": ["-last_message_at", "-id"],
    "due": ["due_order", "id"],
    "priority": ["priority_id", "due_order", "id"],
}


def listed_tickets(viewer: Viewer, filters: TicketFilters) -> dict[str, Any]:
    """One page of the list. Raises `InvalidInput` for a cursor of another order, and for filters of the desk."""
    rows = narrowed(shown_tickets(viewer), filters, viewer)
    order = ORDERS[_sort(viewer, filters)]
    return paginate(rows, filters.cursor, order, filters.limit, shown=lambda row: TicketOut.of(row, viewer))


def found_tickets(viewer: Viewer, filters: TicketFilters) -> dict[str, Any]:
    """One page of hits, best first; filters are applied to the hits."""
    allowed = {KIND: searchable(viewer)}
    found = search(filters.q, allowed, limit=min(filters.limit, 100), after=filters.cursor)
    ids = list(dict.fromkeys(hit.object_id for hit in found.hits))
    tickets = narrowed(shown_tickets(viewer), filters, viewer).in_bulk(ids)
    items = [TicketOut.of(tickets[pk], viewer) for pk in ids if pk in tickets]
    return {"items": items, "next": found.after}


def narrowed(rows: QuerySet[Ticket], filters: TicketFilters, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the rows that fit all filters. Raises `InvalidInput` where a requester uses one of the desk's."""
    if not viewer.is_agent:
        said = [name for name in FOR_DESK if getattr(filters, name)]
        if said:
            raise InvalidInput(fields=dict.fromkeys(said, InvalidInput.default_message))
    return rows.filter(_columns(filters) & _names(filters) & _assignee(filters, viewer))


def _sort(viewer: Viewer, filters: TicketFilters) -> str:
    if viewer.is_agent:
        return filters.sort or "recent"
    if filters.sort not in (None, "opened"):
        raise InvalidInput(fields={"sort": InvalidInput.default_message})
    return "opened"


def _columns(filters: TicketFilters) -> Q:
    wanted: dict[str, Any] = {
        "number": filters.number,
        "status_id__in": filters.status or None,
        "status_type__in": [str(one) for one in filters.status_type] or None,
        "kind": filters.kind,
        "channel": filters.channel,
        "priority_id__in": filters.priority or None,
        "opened_at__gte": filters.created_since,
        "opened_at__lt": filters.created_before,
        "updated_at__gte": filters.updated_since,
        "updated_at__lt": filters.updated_before,
    }
    return Q(**{name: value for name, value in wanted.items() if value is not None})


def _names(filters: TicketFilters) -> Q:
    wanted: dict[str, Any] = {
        "team__public_id": filters.team,
        "level__key": filters.level,
        "service__key": filters.service,
        "organisation__public_id": filters.organisation,
        "requester__public_id": filters.requester,
    }
    found = Q(**{name: value for name, value in wanted.items() if value is not None})
    if filters.category is not None:
        root = Category.objects.filter(key=filters.category).values_list("pk", flat=True).first()
        found &= Q(category_id__in=category_with_descendants(root) if root is not None else ())
    return found


def _assignee(filters: TicketFilters, viewer: Viewer) -> Q:
    if filters.assignee is None:
        return Q()
    if filters.assignee == "none":
        return Q(assignee__isnull=True)
    if filters.assignee == "me":
        return Q(assignee_id=viewer.person_id)
    return Q(assignee__public_id=filters.assignee)
