"""Kind, category, service, impact, urgency, priority, device and subject of a ticket."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.choices import LevelRight
from leitstelle.catalog.queries import service_following
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, check_scales, need_right, need_worker, record_on
from leitstelle.tickets.actions.priority import basis_for_event, priority_of
from leitstelle.tickets.events import Change, SubjectChanged, TicketClassified
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.texts import clean_subject

_WORDS = frozenset({"device_label", "priority_reason"})

_OF_PRIORITY = frozenset({"priority", "priority_is_manual", "priority_reason"})


# The service stays, or goes with the category where it came with it.
FOLLOWS = 0


@dataclass(frozen=True, kw_only=True)
class Classification:
    """The wanted values. `priority` overrides what is calculated (`None`: nothing does), `reason` says why.

    `service_id` is an id, `None` for none, or `FOLLOWS`.
    """

    kind: str
    category_id: int | None
    impact: str
    urgency: str
    service_id: int | None = FOLLOWS
    device_label: str = ""
    priority: int | None = None
    reason: str = ""


@unit()
def classify(
    ticket: Ticket, wanted: Classification, *, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """Set the classification; the priority follows. Agents. Records `TicketClassified` with what changed.

    Raises `TicketChanged`. Nothing changed: nothing is recorded.
    """
    need_worker(by, ticket)
    check_scales(ticket.organisation_id, wanted.impact, wanted.urgency)
    service_id = _service_with(ticket, wanted.category_id, wanted.service_id)
    decision = priority_of(
        wanted.impact,
        wanted.urgency,
        organisation_id=ticket.organisation_id,
        category_id=wanted.category_id,
        service_id=service_id,
        requester=ticket.requester,
        at=now,
    )
    rank = wanted.priority or decision.rank
    values: dict[str, object] = {
        "kind": wanted.kind,
        "category_id": wanted.category_id,
        "service_id": service_id,
        "impact_id": wanted.impact,
        "urgency_id": wanted.urgency,
        "device_label": wanted.device_label.strip()[:80],
        "priority_id": rank,
        "priority_is_manual": wanted.priority is not None,
        "priority_reason": wanted.reason.strip()[:300] if wanted.priority is not None else "",
    }
    changes = _changes(ticket, values)
    if not changes:
        return ticket
    by_hand = {name for name, _before, _after in changes} & {"priority_is_manual", "priority_reason"}
    if by_hand or (wanted.priority is not None and rank != ticket.priority_id):
        need_right(by, LevelRight.PRIORITY)
    if any(name not in _OF_PRIORITY for name, _before, _after in changes):
        need_right(by, LevelRight.CLASSIFY)
    before = ticket.priority_id
    change(
        ticket,
        "classification",
        expected,
        now=now,
        **values,
        priority_basis=decision.basis.stored(),
    )
    record_on(
        ticket,
        TicketClassified(
            changes=changes,
            priority_before=before,
            priority_after=rank,
            basis=basis_for_event(wanted.impact, wanted.urgency, decision),
            by_hand=wanted.priority is not None,
        ),
        by=by,
        at=now,
    )
    return ticket


def _service_with(ticket: Ticket, category_id: int | None, wanted: int | None) -> int | None:
    """Return the service a ticket has with a category: the wanted one, else the one that follows from the category."""
    if wanted != FOLLOWS:
        return wanted
    return service_following(ticket.service_id, ticket.category_id, category_id, ticket.organisation_id)


@unit()
def recalculate_priority(ticket: Ticket, *, by: Viewer, now: datetime, expected: int | None = None) -> Ticket:
    """Let today's matrix and modifiers decide the priority. Agents. Records `TicketClassified`.

    The same priority, or one set by hand: nothing happens. Raises `NotAllowed`, `TicketChanged`.
    """
    wanted = Classification(
        kind=ticket.kind,
        category_id=ticket.category_id,
        impact=ticket.impact_id,
        urgency=ticket.urgency_id,
        device_label=ticket.device_label,
        priority=ticket.priority_id if ticket.priority_is_manual else None,
        reason=ticket.priority_reason,
    )
    return classify(ticket, wanted, by=by, now=now, expected=expected)


@unit()
def change_subject(
    ticket: Ticket, subject: str, *, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """Reword the subject. Agents. Records `SubjectChanged`; raises `InvalidInput` for an empty one."""
    need_worker(by, ticket)
    need_right(by, LevelRight.CLASSIFY)
    cleaned = clean_subject(subject)
    if not cleaned:
        raise InvalidInput(fields={"subject": InvalidInput.default_message})
    if cleaned != ticket.subject:
        change(ticket, "classification", expected, now=now, subject=cleaned)
        record_on(ticket, SubjectChanged(length=len(cleaned)), by=by, at=now)
    return ticket


def _changes(ticket: Ticket, values: dict[str, object]) -> tuple[Change, ...]:
    """Device labels and reasons are people's words: the event says that they changed, not to what."""
    changes: list[Change] = []
    for name, after in values.items():
        before = getattr(ticket, name)
        if before == after:
            continue
        spoken = name not in _WORDS
        changes.append(
            (name.removesuffix("_id"), code_of(before) if spoken else "", code_of(after) if spoken else "")
        )
    return tuple(changes)


def code_of(value: object) -> str:
    """What the journal holds of a value of a field: its key or id, empty for none."""
    return "" if value is None else str(value)
