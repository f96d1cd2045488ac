"""Links between tickets."""

from datetime import datetime

from leitstelle.kernel.errors import InvalidInput, NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import need_worker, record_on
from leitstelle.tickets.choices import LinkKind
from leitstelle.tickets.events import TicketsLinked, TicketsUnlinked
from leitstelle.tickets.models import Ticket, TicketLink
from leitstelle.tickets.policies import can_see


@unit()
def link_tickets(source: Ticket, target: Ticket, kind: LinkKind, *, by: Viewer, now: datetime) -> TicketLink:
    """Connect two tickets. Agents who see both. Records `TicketsLinked` once.

    Raises `NotFound` for a target that is not visible, `InvalidInput` for a link to itself.
    """
    need_worker(by, source)
    if not can_see(by, target):
        raise NotFound()
    if source.pk == target.pk:
        raise InvalidInput(fields={"target": InvalidInput.default_message})
    link, created = TicketLink.objects.get_or_create(
        source=source, target=target, kind=kind, defaults={"created_at": now}
    )
    if created:
        record_on(source, TicketsLinked(target_id=target.pk, kind=kind), by=by, at=now)
    return link


@unit()
def unlink_tickets(link: TicketLink, *, by: Viewer, now: datetime) -> None:
    """Remove a connection. Agents. Records `TicketsUnlinked`."""
    need_worker(by, link.source)
    source, target_id, kind = link.source, link.target_id, link.kind
    link.delete()
    record_on(source, TicketsUnlinked(target_id=target_id, kind=kind), by=by, at=now)
