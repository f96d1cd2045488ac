"""Acting on many tickets: each is its own action in its own transaction, and its result is kept beside it.

A row is marked in the transaction that changes its ticket: whatever dies, no ticket is done twice and none is
called done that is not. What is left is done when somebody or the worker goes on.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.dateparse import parse_datetime

from leitstelle.accounts.models import Person, Team
from leitstelle.kernel.errors import DomainError, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.assignment import assign_ticket, check_member, own_team, take_ticket
from leitstelle.tickets.actions.classification import recalculate_priority
from leitstelle.tickets.actions.handover import HandoverOffer, hand_over
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets
from leitstelle.tickets.actions.status import close_ticket, resolve_ticket, wait_for
from leitstelle.tickets.errors import TicketChanged
from leitstelle.tickets.events import BulkStarted
from leitstelle.tickets.models import BulkRow, BulkRun, Ticket
from leitstelle.tickets.policies import visible_bulk_runs, visible_tickets
from leitstelle.tickets.queries.bulk import facts_of, tickets_of
from leitstelle.tickets.rules.bulk import AT_ONCE, MOST, BulkAction, Outcome, Refusal, Wanted, refusal

KIND = "bulk"


@unit()
def choose_tickets(
    ids: Sequence[int], action: BulkAction, *, by: Viewer, now: datetime, back: str = ""
) -> BulkRun:
    """Keep a selection to act on, with the versions its tickets have now. Agents; no event yet, nothing happens.

    Tickets `by` does not see are left out. Raises `InvalidInput` for an empty selection, `NotAllowed`.
    """
    if by.person_id is None or not by.is_agent:
        raise NotAllowed()
    seen = visible_tickets(by).filter(pk__in=list(ids)[:MOST])
    found = {one.pk: one for one in seen.only("pk", "assignment_version", "status_version")}
    wanted = [pk for pk in dict.fromkeys(ids) if pk in found][:MOST]
    if not wanted:
        raise InvalidInput()
    run = BulkRun.objects.create(owner_id=by.person_id, action=action, back=back[:1000], created_at=now)
    BulkRow.objects.bulk_create(
        BulkRow(
            run=run,
            ticket_id=pk,
            place=place,
            assignment_version=found[pk].assignment_version,
            status_version=found[pk].status_version,
        )
        for place, pk in enumerate(wanted)
    )
    return run


@unit()
def look_again(run: BulkRun, *, by: Viewer) -> None:
    """Take the present versions of a selection nobody has acted on yet: its person has just been shown them."""
    _need_owner(run, by)
    if run.started_at is not None:
        return
    rows = list(run.rows.all())
    tickets = tickets_of(rows, by)
    for row in rows:
        ticket = tickets.get(row.ticket_id)
        if ticket is not None:
            row.assignment_version, row.status_version = ticket.assignment_version, ticket.status_version
    BulkRow.objects.bulk_update(rows, ["assignment_version", "status_version"], batch_size=100)


@unit()
def start_bulk(run: BulkRun, values: Mapping[str, Any], *, by: Viewer, now: datetime) -> BulkRun:
    """Begin to act on a selection. Its owner. Records `BulkStarted`; a second start does nothing.

    `values` are ids, codes, texts and an ISO date; what each action takes stands in `_act`. More
    than `AT_ONCE` tickets are left to the worker. Raises `NotAllowed`, `NotInTeam`.
    """
    _need_owner(run, by)
    if values.get("team") and values.get("assignee"):
        check_member(_team(values), _person(values))
    moved = BulkRun.objects.filter(pk=run.pk, started_at__isnull=True).update(
        started_at=now, values=dict(values)
    )
    run.refresh_from_db()
    if moved:
        count = run.rows.count()
        record(
            BulkStarted(action=run.action, count=count), subject=Subject(KIND, run.pk), actor=by.actor, at=now
        )
    return run


def go_on(run: BulkRun, *, by: Viewer, now: datetime, limit: int = AT_ONCE) -> int:
    """Act on the next `limit` tickets that wait; returns how many still wait. The owner's rights of this moment count.

    Each ticket is a transaction and an event of its own, and a refusal stays with its row.
    """
    _need_owner(run, by)
    if run.started_at is None:
        return run.rows.count()
    rows = list(run.rows.filter(outcome=Outcome.PENDING)[:limit])
    wanted = wanted_with_team(run, by, run.values)
    for row in rows:
        _do(run, row, wanted, by=by, now=now)
    waiting = run.rows.filter(outcome=Outcome.PENDING).count()
    if not waiting:
        BulkRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=now)
    return waiting


def wanted_with_team(run: BulkRun, by: Viewer, values: Mapping[str, Any]) -> Wanted:
    """Return what a selection asks for as the rules take it, with the team that a taken ticket would get."""
    taking = run.action == BulkAction.TAKE and by.person_id is not None
    team = own_team(Person.objects.get(pk=by.person_id or 0)) if taking else None
    return Wanted(
        action=BulkAction(run.action),
        person_id=by.person_id,
        own_team_id=team.pk if team else None,
        team_id=values.get("team"),
        assignee_id=values.get("assignee"),
        status=values.get("status", ""),
        target_id=values.get("target"),
    )


def _need_owner(run: BulkRun, by: Viewer) -> None:
    if not visible_bulk_runs(by).filter(pk=run.pk).exists():
        raise NotAllowed()


def _do(run: BulkRun, row: BulkRow, wanted: Wanted, *, by: Viewer, now: datetime) -> None:
    try:
        with unit():
            mine = BulkRow.objects.filter(pk=row.pk, outcome=Outcome.PENDING)
            if not mine.update(outcome=Outcome.DONE, decided_at=now):
                return
            ticket = visible_tickets(by).select_related("status", "team").filter(pk=row.ticket_id).first()
            why = refusal(facts_of(ticket, row, wanted.action, by), wanted)
            if ticket is None or why is not None:
                outcome = Outcome.CHANGED if why is Refusal.CHANGED else Outcome.REFUSED
                BulkRow.objects.filter(pk=row.pk).update(outcome=outcome, reason=why or Refusal.NOT_VISIBLE)
                return
            _act(ticket, row, wanted.action, run.values, by=by, now=now)
    except TicketChanged:
        _refuse(row, Outcome.CHANGED, Refusal.CHANGED, now)
    except DomainError as error:
        _refuse(row, Outcome.REFUSED, error.code, now)
    except ObjectDoesNotExist:
        # A team or person that was deleted since the selection was made.
        _refuse(row, Outcome.REFUSED, InvalidInput.code, now)


@unit()
def _refuse(row: BulkRow, outcome: Outcome, reason: str, now: datetime) -> None:
    mine = BulkRow.objects.filter(pk=row.pk, outcome=Outcome.PENDING)
    mine.update(outcome=outcome, reason=reason[:40], decided_at=now)


def _act(
    ticket: Ticket, row: BulkRow, action: BulkAction, values: Mapping[str, Any], *, by: Viewer, now: datetime
) -> None:
    if action is BulkAction.TAKE:
        take_ticket(ticket, by=by, now=now, expected=row.assignment_version)
    elif action is BulkAction.ASSIGN:
        expected = row.assignment_version
        assign_ticket(ticket, team=_team(values), to=_person(values), by=by, now=now, expected=expected)
    elif action is BulkAction.HANDOVER:
        hand_over(ticket, _offer(values), by=by, now=now, expected=row.assignment_version)
    elif action is BulkAction.WAIT:
        until = parse_datetime(values["until"]) if values.get("until") else None
        wait_for(
            ticket,
            values["status"],
            reason=values["reason"],
            until=until,
            by=by,
            now=now,
            expected=row.status_version,
        )
    elif action is BulkAction.RESOLVE:
        resolve_ticket(ticket, code=values["code"], by=by, now=now, expected=row.status_version)
    elif action is BulkAction.MERGE:
        _merge(ticket, row, values, by=by, now=now)
    elif action is BulkAction.RECALCULATE:
        recalculate_priority(ticket, by=by, now=now)
    else:
        close_ticket(ticket, by=by, now=now, expected=row.status_version)


def _merge(ticket: Ticket, row: BulkRow, values: Mapping[str, Any], *, by: Viewer, now: datetime) -> None:
    """The ticket the others go to is one of the selection, or another one."""
    target = visible_tickets(by).get(pk=values["target"])
    if target.pk != ticket.pk:
        plan = MergePlan(reason=values.get("reason", ""), source_version=row.status_version)
        merge_tickets(ticket, target, plan, by=by, now=now)


def _offer(values: Mapping[str, Any]) -> HandoverOffer:
    return HandoverOffer(
        to_team=_team(values),
        to_person=_person(values),
        reason=values["reason"],
        tried=values["tried"],
        findings=values.get("findings", ""),
    )


def _team(values: Mapping[str, Any]) -> Team:
    return Team.objects.select_related("level").get(pk=values["team"])


def _person(values: Mapping[str, Any]) -> Person | None:
    return Person.objects.filter(pk=values["assignee"]).first() if values.get("assignee") else None
