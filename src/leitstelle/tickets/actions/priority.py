"""What a ticket's priority is calculated from, and the flag beside it."""

from datetime import datetime

from leitstelle.accounts.models import Person
from leitstelle.catalog.queries import case_of, decided
from leitstelle.catalog.rules import Decision
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, record_on
from leitstelle.tickets.events import MajorDeclared, MajorLifted, PriorityBasis
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_declare_major


def priority_of(
    impact: str,
    urgency: str,
    *,
    organisation_id: int | None,
    category_id: int | None,
    requester: Person | None,
    at: datetime,
    service_id: int | None = None,
) -> Decision:
    """Return the priority that matrix and modifiers give at a moment (aware)."""
    is_vip = requester is not None and requester.is_vip
    case = case_of(
        impact,
        urgency,
        organisation_id=organisation_id,
        category_id=category_id,
        is_vip=is_vip,
        service_id=service_id,
    )
    return decided(case, at)


def basis_for_event(impact: str, urgency: str, decision: Decision) -> PriorityBasis:
    """Return what an event keeps of a decision: ids and codes."""
    basis = decision.basis
    steps = tuple((one.modifier_id, one.before, one.after) for one in basis.steps)
    return impact, urgency, basis.version_id, basis.base, steps


@unit()
def declare_major(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Mark a ticket as major. Leads and administrators. Records `MajorDeclared`; already so: nothing happens.

    Raises `NotAllowed`, `TicketChanged`.
    """
    return _set_major(ticket, True, MajorDeclared(), by=by, now=now, expected=expected)


@unit()
def lift_major(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Take the mark off a ticket. Leads and administrators. Records `MajorLifted`; not so: nothing happens.

    Raises `NotAllowed`, `TicketChanged`.
    """
    return _set_major(ticket, False, MajorLifted(), by=by, now=now, expected=expected)


def _set_major(
    ticket: Ticket,
    wanted: bool,
    data: MajorDeclared | MajorLifted,
    *,
    by: Viewer,
    now: datetime,
    expected: int | None,
) -> Ticket:
    if not can_declare_major(by, ticket):
        raise NotAllowed()
    if ticket.is_major is not wanted:
        change(ticket, "classification", expected, now=now, is_major=wanted)
        record_on(ticket, data, by=by, at=now)
    return ticket
