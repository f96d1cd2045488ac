"""What all ticket actions share: policy check, compare-and-change, and the event with its state."""

from datetime import datetime
from typing import Any

from django.db.models import F

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.labels import LEVEL_RIGHT
from leitstelle.accounts.models import Team
from leitstelle.accounts.policies import has_right
from leitstelle.catalog.models import Impact, Urgency
from leitstelle.catalog.queries import matrix_in_use
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event, EventData, Subject, record
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.errors import MergedAway, TicketChanged
from leitstelle.tickets.labels import WITHHELD
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_work

KIND = "ticket"


def subject_of(ticket: Ticket) -> Subject:
    """Return what the journal calls this ticket."""
    return Subject(KIND, ticket.pk)


def state_of(ticket: Ticket) -> dict[str, Any]:
    """Return the state an event leaves, so that any past moment reads without replay."""
    return {
        "status": ticket.status_id,
        "status_type": ticket.status_type,
        "team": ticket.team_id,
        "level": ticket.level_id,
        "assignee": ticket.assignee_id,
        "priority": ticket.priority_id,
    }


def record_on(ticket: Ticket, data: EventData, *, by: Viewer, at: datetime) -> Event:
    """Record what happened to the ticket, with the state it left."""
    return record(
        data, subject=subject_of(ticket), actor=by.actor, at=at, state=state_of(ticket), about=ticket
    )


def need_worker(by: Viewer, ticket: Ticket) -> None:
    """Raise `NotAllowed` unless `by` works on this ticket, `MergedAway` for one that is an alias by now."""
    if not can_work(by, ticket):
        raise NotAllowed()
    if ticket.status_type == StatusType.MERGED and not by.is_system:
        raise MergedAway()


def need_right(by: Viewer, right: LevelRight) -> None:
    """Raise `NotAllowed` where the levels of `by` withhold this."""
    if not by.is_system and not has_right(by, right):
        raise NotAllowed(message=WITHHELD, right=LEVEL_RIGHT[right])


def check_scales(organisation_id: int | None, impact: str, urgency: str) -> None:
    """Raise `InvalidInput` for an impact or urgency that the house does not have."""
    if (impact, urgency) in matrix_in_use(organisation_id):
        return
    if not (Impact.objects.filter(pk=impact).exists() and Urgency.objects.filter(pk=urgency).exists()):
        raise InvalidInput(fields={"matrix": InvalidInput.default_message})


# What a message's consequences are decided by.
_PRESENT = (
    "status",
    "status_type",
    "status_version",
    "closed_at",
    "reopen_count",
    "team",
    "level",
    "level_rank",
    "assignee",
    "priority",
    "first_response_at",
    "last_message_at",
    "last_requester_message_at",
    "last_agent_message_at",
    "message_count",
    "merged_into",
    "has_merged",
)


def lock_present_state(ticket: Ticket, *, now: datetime) -> None:
    """Read what others have done to the ticket since it was loaded, and keep them waiting until the unit ends.

    For consequences of a message: it must not be lost because somebody resolved the ticket a moment ago.
    """
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    ticket.refresh_from_db(fields=_PRESENT)


def rank_in(team: Team, ticket: Ticket) -> int:
    """Return where a ticket that is with this team stands in lists by level; asks nothing where its level stays."""
    return ticket.level_rank if ticket.level_id == team.level_id else team.level.order


def change(ticket: Ticket, group: str, expected: int | None, *, now: datetime, **values: Any) -> None:
    """Write `values` if nobody changed their field group meanwhile, and set them on `ticket`.

    `group` names the version column; `expected` is the version the person saw (`None`: the one
    just read). Raises `TicketChanged` with both values by field.
    """
    column = f"{group}_version"
    seen = getattr(ticket, column) if expected is None else expected
    row = Ticket.objects.filter(pk=ticket.pk, **{column: seen})
    if not row.update(**values, updated_at=now, **{column: F(column) + 1}):
        ticket.refresh_from_db()
        theirs = {name: getattr(ticket, name) for name in values}
        raise TicketChanged(theirs=theirs, ours=values)
    for name, value in {**values, column: seen + 1, "updated_at": now}.items():
        setattr(ticket, name, value)
