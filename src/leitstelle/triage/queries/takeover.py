"""Work that needs somebody: tickets of absent people, and tickets nobody has had for too long."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.models import Absence, Unassigned
from leitstelle.triage.policies import visible_absences
from leitstelle.triage.queries.giving import absent_now

MOST = 100


@dataclass(frozen=True)
class Orphan:
    """A ticket whose person is away, and the absence."""

    ticket: Ticket
    absence: Absence


def orphans(viewer: Viewer, now: datetime) -> list[Orphan]:
    """Return ongoing visible tickets of people who are away, the most pressing first; two statements."""
    away = {
        one.person_id: one
        for one in visible_absences(viewer)
        .filter(begins_at__lte=now, ends_at__gt=now)
        .select_related("person", "deputy")
    }
    if not away:
        return []
    rows = visible_tickets(viewer).filter(ONGOING, assignee__in=list(away))
    joined = rows.select_related("organisation", "team").order_by("priority", "due_order", "pk")
    return [Orphan(one, away[one.assignee_id or 0]) for one in joined[:MOST]]


def left_alone(viewer: Viewer) -> list[Unassigned]:
    """Return what nobody has although leads were told, longest first; one statement."""
    rows = Unassigned.objects.filter(
        told_at__isnull=False, ticket__in=visible_tickets(viewer).filter(ONGOING, assignee__isnull=True)
    )
    return list(rows.select_related("ticket__organisation", "ticket__team").order_by("since")[:MOST])


def is_away(person_id: int | None, now: datetime) -> bool:
    """Whether a person is away now, as this process knows it."""
    return person_id is not None and person_id in absent_now(now)
