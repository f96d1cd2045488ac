"""Kind, category, impact, urgency, priority, device and subject of a ticket."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.catalog.queries import priority_rank
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, check_scales, need_worker, record_on
from leitstelle.tickets.events import Change, SubjectChanged, TicketClassified
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.texts import clean_subject


@dataclass(frozen=True, kw_only=True)
class Classification:
    """The wanted values. `priority` overrides the matrix; `None` lets impact × urgency decide."""

    kind: str
    category_id: int | None
    impact: str
    urgency: str
    device_label: str = ""
    priority: int | None = None


@unit()
def classify(
    ticket: Ticket, wanted: Classification, *, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """Set the classification; the priority follows. Agents. Records `TicketClassified` with what changed.

    Raises `TicketChanged`. Nothing changed: nothing is recorded.
    """
    need_worker(by, ticket)
    check_scales(ticket.organisation_id, wanted.impact, wanted.urgency)
    rank = wanted.priority or priority_rank(ticket.organisation_id, wanted.impact, wanted.urgency)
    values: dict[str, object] = {
        "kind": wanted.kind,
        "category_id": wanted.category_id,
        "impact_id": wanted.impact,
        "urgency_id": wanted.urgency,
        "device_label": wanted.device_label.strip()[:80],
        "priority_id": rank,
        "priority_is_manual": wanted.priority is not None,
    }
    changes = _changes(ticket, values)
    if not changes:
        return ticket
    before = ticket.priority_id
    change(ticket, "classification", expected, now=now, **values)
    record_on(
        ticket,
        TicketClassified(changes=changes, priority_before=before, priority_after=rank),
        by=by,
        at=now,
    )
    return ticket


@unit()
def change_subject(
    ticket: Ticket, subject: str, *, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """Reword the subject. Agents. Records `SubjectChanged`; raises `InvalidInput` for an empty one."""
    need_worker(by, ticket)
    cleaned = clean_subject(subject)
    if not cleaned:
        raise InvalidInput(fields={"subject": InvalidInput.default_message})
    if cleaned != ticket.subject:
        change(ticket, "classification", expected, now=now, subject=cleaned)
        record_on(ticket, SubjectChanged(length=len(cleaned)), by=by, at=now)
    return ticket


def _changes(ticket: Ticket, values: dict[str, object]) -> tuple[Change, ...]:
    """Device labels are people's words: the event says that they changed, not to what."""
    changes: list[Change] = []
    for name, after in values.items():
        before = getattr(ticket, name)
        if before == after:
            continue
        spoken = name != "device_label"
        changes.append(
            (name.removesuffix("_id"), _code(before) if spoken else "", _code(after) if spoken else "")
        )
    return tuple(changes)


def _code(value: object) -> str:
    return "" if value is None else str(value)
