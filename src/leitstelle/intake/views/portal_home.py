"""The start page of the portal and the list of reports."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.intake.views.portal_areas import areas
from leitstelle.intake.views.portal_doors import signed_in
from leitstelle.intake.views.portal_words import Report, opening, report_of
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.choices import ENDED_TYPES, ParticipantRole
from leitstelle.tickets.models import Participant, Ticket
from leitstelle.tickets.policies import searchable, visible_tickets

SHOWN_AT_HOME = 5
PAGE_SIZE = 20
NUMBER_LENGTH = 18
MINE, ORGANISATION = "mine", "organisation"
OPEN, ALL = "open", "all"


def home(request: HttpRequest) -> HttpResponse:
    """Show what can be done here, and to people who signed in their open reports."""
    viewer = viewer_of(request)
    now = timezone.now()
    context = {
        "areas": areas(),
        "reports": _newest(viewer) if viewer.person_id is not None else [],
        "opening": opening(organisation_of(viewer), now),
    }
    return page(request, "intake/portal/home.html", context, fragment="intake/portal/_mine.html")


def organisation_of(viewer: Viewer) -> int | None:
    """Return the organisation of the person signed in, whose service hours count."""
    if viewer.person_id is None:
        return None
    return Person.objects.filter(pk=viewer.person_id).values_list("organisation_id", flat=True).first()


def _newest(viewer: Viewer) -> list[Report]:
    rows = reports_in(viewer, MINE, OPEN).order_by("-last_message_at", "-pk")[:SHOWN_AT_HOME]
    now = timezone.now()
    return [report_of(ticket, now) for ticket in rows]


def reports_in(viewer: Viewer, whose: str, state: str) -> QuerySet[Ticket]:
    """Return the visible reports of a list: mine or those of the organisations I am contact of; open or all."""
    rows = visible_tickets(viewer).select_related("status", "assignee", "requester")
    if whose == ORGANISATION:
        rows = rows.filter(organisation_id__in=viewer.customer_contact_of)
    else:
        part = Participant.objects.filter(person=viewer.person_id or 0).exclude(
            role=ParticipantRole.VENDOR_CONTACT
        )
        rows = rows.filter(Q(requester_id=viewer.person_id) | Q(pk__in=part.values("ticket_id")))
    return rows.exclude(status_type__in=ENDED_TYPES) if state == OPEN else rows


@signed_in
def reports(request: HttpRequest) -> HttpResponse:
    """List reports page by page, or those that a search finds."""
    viewer = viewer_of(request)
    query = request.GET.get("q", "").strip()[:200]
    if query:
        context = _found(viewer, query)
        return page(request, "intake/portal/found.html", context, fragment="intake/portal/_found.html")
    context = _listed(request, viewer)
    return page(request, "intake/portal/reports.html", context, fragment="intake/portal/_reports.html")


def _listed(request: HttpRequest, viewer: Viewer) -> dict[str, object]:
    is_contact = bool(viewer.customer_contact_of)
    whose = ORGANISATION if is_contact and request.GET.get("whose") == ORGANISATION else MINE
    state = ALL if request.GET.get("state") == ALL else OPEN
    rows = reports_in(viewer, whose, state)
    found = keyset(
        rows, ["-last_message_at", "-id"], request.GET.get("after"), request.GET.get("before"), PAGE_SIZE
    )
    now = timezone.now()
    chosen = f"?whose={whose}&state={state}"
    return {
        "reports": [report_of(ticket, now) for ticket in found.items],
        "previous_url": f"{chosen}&before={found.prev}" if found.prev else "",
        "next_url": f"{chosen}&after={found.next}" if found.next else "",
        "whose": whose,
        "state": state,
        "is_contact": is_contact,
        "here": f"{reverse('portal:reports')}{chosen}",
    }


def _found(viewer: Viewer, query: str) -> dict[str, object]:
    """Search in public messages of visible reports; a number finds its report."""
    now = timezone.now()
    tickets = visible_tickets(viewer).select_related("status", "assignee", "requester")
    digits = query.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < NUMBER_LENGTH:
        direct = [(report_of(ticket, now), "") for ticket in tickets.filter(number=int(digits))]
        if direct:
            return {"query": query, "hits": direct}
    found = search(query, {"ticket": searchable(viewer)}, limit=PAGE_SIZE)
    by_id = tickets.in_bulk([hit.object_id for hit in found.hits])
    hits = [
        (report_of(by_id[hit.object_id], now), hit.snippet) for hit in found.hits if hit.object_id in by_id
    ]
    return {"query": query, "hits": hits}
