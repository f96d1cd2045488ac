"""Who may see clocks: whoever sees the ticket as agent. Requesters read dates in plain words only."""

from django.db.models import QuerySet

from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.policies import on_visible_ticket


def visible_clocks(viewer: Viewer) -> QuerySet[TicketClock]:
    """Return the clocks of the tickets this viewer sees as agent."""
    if viewer.hat is Hat.REQUESTER:
        return TicketClock.objects.none()
    return TicketClock.objects.filter(on_visible_ticket(viewer))
