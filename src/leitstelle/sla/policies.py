"""Who may see clocks and agreements, and who makes them.

Clocks: whoever sees the ticket as agent; requesters read dates in plain words only. Agreements: agents see those of the
house and of customers in their scope; administrators change them.
"""

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import can_administer, visible_organisations
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.sla.models import Agreement, TicketClock
from leitstelle.tickets.policies import on_visible_ticket


def visible_clocks(viewer: Viewer) -> QuerySet[TicketClock]:
    """Return the clocks of the tickets this viewer sees as agent."""
    if viewer.hat is Hat.REQUESTER:
        return TicketClock.objects.none()
    return TicketClock.objects.filter(on_visible_ticket(viewer))


def visible_agreements(viewer: Viewer) -> QuerySet[Agreement]:
    """Agents: the house's and those of customers they see. Requesters: none."""
    if not viewer.is_agent:
        return Agreement.objects.none()
    return Agreement.objects.filter(Q(organisation=None) | Q(organisation__in=visible_organisations(viewer)))


def visible_endpoints(viewer: Viewer) -> QuerySet[Endpoint]:
    """Webhooks are kept and named in agreements by administrators only."""
    return Endpoint.objects.all() if can_edit_agreements(viewer) else Endpoint.objects.none()


def can_edit_agreements(viewer: Viewer) -> bool:
    return viewer.is_system or can_administer(viewer)
