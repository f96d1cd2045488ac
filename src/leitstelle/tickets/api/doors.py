"""What all operations on tickets share: finding what is named, and answering with the ticket."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.policies import visible_people, visible_teams
from leitstelle.catalog.models import Category, Service
from leitstelle.catalog.policies import visible_categories, visible_services
from leitstelle.catalog.queries import impacts, urgencies
from leitstelle.kernel.api import check_if_match, set_etag
from leitstelle.kernel.api.reading import unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.schemas.tickets import TicketOut, versions_of


def shown_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """The visible tickets with the names an answer holds."""
    return visible_tickets(viewer).select_related(
        "requester", "organisation", "site", "assignee", "team", "level", "category", "service", "status"
    )


def find(viewer: Viewer, ticket_id: UUID) -> Ticket:
    """Return the ticket if the viewer may see it. Raises `NotFound`."""
    ticket = shown_tickets(viewer).filter(public_id=ticket_id).first()
    if ticket is None:
        raise NotFound
    return ticket


def find_unchanged(
    request: HttpRequest, viewer: Viewer, ticket_id: UUID, *, required: bool = False
) -> Ticket:
    """Return the ticket if it is as `If-Match` says. Raises `NotFound`, `Outdated`, `MatchRequired`."""
    ticket = find(viewer, ticket_id)
    check_if_match(request, *versions_of(ticket, viewer), required=required)
    return ticket


def answer(viewer: Viewer, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """The ticket as it is now, with its entity tag. Raises `NotFound`."""
    return _shown(viewer, find(viewer, ticket_id), response)


def answer_done(viewer: Viewer, ticket: Ticket, response: HttpResponse) -> TicketOut:
    """The ticket after somebody acted on it: what they have just done they may see, even if it took it out of sight."""
    seen = shown_tickets(viewer).filter(pk=ticket.pk).first()
    if seen is None:
        ticket.refresh_from_db()
    return _shown(viewer, seen or ticket, response)


def _shown(viewer: Viewer, ticket: Ticket, response: HttpResponse) -> TicketOut:
    set_etag(response, *versions_of(ticket, viewer))
    return TicketOut.of(ticket, viewer)


def team_named(viewer: Viewer, team_id: UUID, field: str = "team") -> Team:
    """Return an active team. Raises `InvalidInput`."""
    rows = visible_teams(viewer).filter(is_active=True).select_related("level")
    team = rows.filter(public_id=team_id).first()
    if team is None:
        raise unknown(field)
    return team


def person_named(viewer: Viewer, person_id: UUID, field: str) -> Person:
    """Return an active person the viewer sees. Raises `InvalidInput`."""
    person = visible_people(viewer).filter(public_id=person_id, is_active=True).first()
    if person is None:
        raise unknown(field)
    return person


def service_named(viewer: Viewer, key: str) -> Service:
    """Return a service in use. Raises `InvalidInput`."""
    service = visible_services(viewer).filter(key=key, is_active=True).first()
    if service is None:
        raise unknown("service")
    return service


def category_named(viewer: Viewer, key: str) -> Category:
    """Return a category in use. Raises `InvalidInput`."""
    category = visible_categories(viewer).filter(key=key, is_active=True).first()
    if category is None:
        raise unknown("category")
    return category


def check_scales(impact: str, urgency: str) -> None:
    """Raise `InvalidInput` for keys the house does not have."""
    if impact not in {row.key for row in impacts()}:
        raise unknown("impact")
    if urgency not in {row.key for row in urgencies()}:
        raise unknown("urgency")
