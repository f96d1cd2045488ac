"""Dry runs: what rules would have done to tickets of a period, as they came in. Nothing stored changes but the run."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F

from leitstelle.accounts.policies import require
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Event, Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.events import TicketClassified, TicketOpened
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.actions.sorting import rank_of
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.events import DryRunStarted
from leitstelle.triage.models import DryRun, Rule
from leitstelle.triage.policies import can_see_figures
from leitstelle.triage.queries.sorting import (
    RuleSet,
    all_branches,
    as_sorting,
    chosen_at_opening,
    facts_of,
    levels_by_team,
    rule_set,
    service_after,
    with_outcomes,
)
from leitstelle.triage.rules.sorting.engine import Decision, House, decide, value_of
from leitstelle.triage.rules.sorting.facts import Facts

MOST_TICKETS = 5_000
AT_ONCE = 200
MOST_ROWS = 300
KEPT_RUNS = 5
_FIELDS = {"category": int, "service": int, "kind": str, "impact": str, "urgency": str, "priority": int}


@unit()
def start_dry_run(rule: Rule | None, begin: datetime, end: datetime, *, by: Viewer, now: datetime) -> DryRun:
    """Begin a dry run over the tickets opened from `begin` to `end` (aware, exclusive) that `by` may see.

    Of one rule among the active ones, or of all active ones. Leads and administrators. At most 5000 tickets, the
    newest. Records `DryRunStarted`; raises `InvalidInput` where the period ends before it begins, `NotAllowed`.
    """
    require(can_see_figures(by) and by.person_id is not None)
    if end <= begin:
        raise InvalidInput(fields={"end": InvalidInput.default_message})
    rows = visible_tickets(by).filter(opened_at__gte=begin, opened_at__lt=end).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[:MOST_TICKETS])
    run = DryRun.objects.create(
        owner_id=by.person_id or 0,
        rule=rule,
        begins_at=begin,
        ends_at=end,
        total=len(ids),
        after=ids[-1] - 1 if ids else 0,
        started_at=now,
        finished_at=None if ids else now,
    )
    older = DryRun.objects.filter(owner_id=by.person_id).order_by("-pk").values_list("pk", flat=True)
    DryRun.objects.filter(pk__in=list(older[KEPT_RUNS:])).delete()
    record(
        DryRunStarted(rule_id=rule.pk if rule else None, total=len(ids)),
        subject=Subject("dry_run", run.pk),
        actor=by.actor,
        at=now,
    )
    return run


def go_on_dry_run(run: DryRun, *, by: Viewer, now: datetime) -> DryRun:
    """Look at the next 200 tickets. The run's owner. A second caller at the same time changes nothing."""
    if run.finished_at is not None:
        return run
    rows = visible_tickets(by).filter(
        pk__gt=run.after, opened_at__gte=run.begins_at, opened_at__lt=run.ends_at
    )
    tickets = list(rows.select_related("requester").order_by("pk")[:AT_ONCE])
    found, counts = _judged(tickets, run)
    last = len(tickets) < AT_ONCE
    step = DryRun.objects.filter(pk=run.pk, after=run.after, finished_at=None)
    step.update(
        after=tickets[-1].pk if tickets else run.after,
        done=F("total") if last else F("done") + len(tickets),
        rows=[*run.rows, *found][:MOST_ROWS],
        counts=dict(Counter(run.counts) + counts),
        finished_at=now if last else None,
    )
    run.refresh_from_db()
    return run


def _judged(tickets: Sequence[Ticket], run: DryRun) -> tuple[list[list[Any]], Counter[str]]:
    rules, trigger = _rules_of(run), _trigger_of(run.rule)
    past = _events(tickets)
    first = {pk: one.data.get("message_id") or 0 for pk, (one, _later) in past.items() if one is not None}
    present = facts_of(tickets, first, rules.asked)
    branches, levels = all_branches(), levels_by_team()
    rows: list[list[Any]] = []
    counts: Counter[str] = Counter()
    for ticket in tickets:
        opened, later = past[ticket.pk]
        now_is = present[ticket.pk]
        facts = _as_opened(now_is, opened, later) if trigger is Trigger.OPENED else now_is
        chosen = chosen_at_opening(opened, facts) if opened and trigger is Trigger.OPENED else set()
        house = House(branches, levels, _ranks(ticket), service_after)
        decision = decide(rules.rules, facts, trigger, house, chosen)
        rows += _differences(ticket, decision, now_is, run, counts)
    return rows, counts


def _ranks(ticket: Ticket) -> Any:
    return lambda facts: rank_of(ticket, facts, ticket.opened_at)


def _rules_of(run: DryRun) -> RuleSet:
    rows = list(with_outcomes(Rule.objects.filter(is_active=True)))
    if run.rule is not None and not run.rule.is_active:
        rows += with_outcomes(Rule.objects.filter(pk=run.rule.pk))
    return rule_set(as_sorting(row) for row in sorted(rows, key=lambda row: (row.position, row.pk)))


def _trigger_of(rule: Rule | None) -> Trigger:
    """A rule that looks at new tickets is tried as they came in, others with what the tickets have now."""
    if rule is None or rule.on_opening:
        return Trigger.OPENED
    return Trigger.CHANGED if rule.on_change else Trigger.HANDED_OVER


Past = tuple[Event | None, list[Event]]


def _events(tickets: Sequence[Ticket]) -> dict[int, Past]:
    """How each ticket was opened, and how it was classified since; one statement."""
    rows = Event.objects.filter(
        subject_kind="ticket",
        subject_id__in=[ticket.pk for ticket in tickets],
        code__in=(TicketOpened.code, TicketClassified.code),
    ).order_by("pk")
    opened: dict[int, Event] = {}
    later: dict[int, list[Event]] = defaultdict(list)
    for event in rows:
        if event.code == TicketOpened.code:
            opened.setdefault(event.subject_id, event)
        else:
            later[event.subject_id].append(event)
    return {ticket.pk: (opened.get(ticket.pk), later[ticket.pk]) for ticket in tickets}


def _as_opened(facts: Facts, opened: Event | None, later: Sequence[Event]) -> Facts:
    """Undo what was changed since: the first value before each change, and where the ticket stood at first."""
    values: dict[str, Any] = {}
    for event in later:
        for name, before, _after in event.data.get("changes", ()):
            if name in _FIELDS and name not in values:
                values[name] = _FIELDS[name](before) if before != "" else None
    state: Mapping[str, Any] = opened.state if opened is not None else {}
    values |= {name: state[name] for name in ("team", "level", "assignee") if name in state}
    return replace(facts, **values) if values else facts


def _differences(
    ticket: Ticket, decision: Decision, now_is: Facts, run: DryRun, counts: Counter[str]
) -> list[list[Any]]:
    """Rows of what would have been set: ticket, field, value before, value after, value now, rule."""
    rows: list[list[Any]] = []
    steps = [step for step in decision.steps if run.rule_id in (None, step.rule.id)]
    counts["matched"] += bool(steps)
    counts["cut"] += decision.cut
    for step in steps:
        counts["kept"] += len(step.kept)
        counts["taken"] += len(step.taken)
        for change in step.changes:
            counts["set"] += 1
            has = value_of(now_is, change.field)
            counts["same"] += change.field is not Outcome.WATCHER and has == change.after
            rows.append([ticket.pk, str(change.field), change.before, change.after, has, step.rule.id])
    counts["tickets"] += bool(rows)
    return rows
