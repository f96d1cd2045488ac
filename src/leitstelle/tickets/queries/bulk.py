"""Selections of many tickets: what is known of each now, and what would happen to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from leitstelle.accounts.policies import may_write
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import BulkRow, BulkRun, Ticket
from leitstelle.tickets.policies import visible_bulk_runs, visible_tickets
from leitstelle.tickets.queries.lookup import steps
from leitstelle.tickets.queries.priority import rank_now
from leitstelle.tickets.rules.bulk import (
    BY_STATUS,
    BulkAction,
    Facts,
    Outcome,
    Refusal,
    Wanted,
    refusal,
)


@dataclass(frozen=True)
class Verdict:
    """One ticket of a selection: the row, the ticket where it may be seen, and why nothing would happen to it."""

    row: BulkRow
    ticket: Ticket | None
    refusal: Refusal | None


@dataclass(frozen=True)
class Tally:
    """How far a selection is."""

    total: int
    pending: int
    done: int
    refused: int


def verdicts(
    run: BulkRun, wanted: Wanted, viewer: Viewer, rows: Sequence[BulkRow] | None = None
) -> list[Verdict]:
    """Return for each ticket of the selection whether it would be done now; two statements for all."""
    chosen = list(run.rows.all()) if rows is None else list(rows)
    tickets = tickets_of(chosen, viewer)
    return [
        Verdict(row, ticket, refusal(facts_of(ticket, row, wanted.action, viewer), wanted))
        for row in chosen
        for ticket in [tickets.get(row.ticket_id)]
    ]


def tickets_of(rows: Iterable[BulkRow], viewer: Viewer) -> dict[int, Ticket]:
    """Return the visible tickets of these rows by id, with the names a line shows."""
    seen = visible_tickets(viewer).filter(pk__in=[row.ticket_id for row in rows])
    return {one.pk: one for one in seen.select_related("status", "priority", "team", "assignee", "requester")}


def facts_of(ticket: Ticket | None, row: BulkRow, action: BulkAction, viewer: Viewer) -> Facts | None:
    """Return what the rules ask about a ticket; `None` where the viewer does not see it or may only read."""
    if ticket is None or not may_write(viewer):
        return None
    seen = row.status_version if action in BY_STATUS else row.assignment_version
    now = ticket.status_version if action in BY_STATUS else ticket.assignment_version
    return Facts(
        ticket_id=ticket.pk,
        status_type=ticket.status_type,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        targets=frozenset(
            (str(step.verb), step.to_status)
            for step in steps()
            if step.from_status == ticket.status_id and step.by_agent
        ),
        # A calculation takes the ticket as it is now, whatever it was when it was chosen.
        changed=action is not BulkAction.RECALCULATE and seen != now,
        by_hand=ticket.priority_is_manual,
        same_priority=action is BulkAction.RECALCULATE and rank_now(ticket) == ticket.priority_id,
    )


def tally(run: BulkRun) -> Tally:
    """Return how many tickets of the selection are waiting, done and refused."""
    outcomes = list(run.rows.values_list("outcome", flat=True))
    pending, done = outcomes.count(Outcome.PENDING), outcomes.count(Outcome.DONE)
    return Tally(len(outcomes), pending, done, len(outcomes) - pending - done)


def failed_tickets(viewer: Viewer, run_id: str) -> set[int]:
    """Return the ids of the tickets of a selection that were not done; none for what is not the viewer's."""
    try:
        key = UUID(run_id)
    except ValueError:
        return set()
    rows = BulkRow.objects.filter(run__in=visible_bulk_runs(viewer).filter(public_id=key))
    return set(rows.exclude(outcome__in=[Outcome.DONE, Outcome.PENDING]).values_list("ticket_id", flat=True))
