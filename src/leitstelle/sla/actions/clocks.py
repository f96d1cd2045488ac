"""Writing the clock caches, and recording thresholds that were reached."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.events import ThresholdReached
from leitstelle.sla.models import TicketClock
from leitstelle.sla.queries import Promise, compute_clocks
from leitstelle.sla.rules.clocks import Clock
from leitstelle.sla.rules.facts import PastEvent
from leitstelle.tickets.models import NO_DEADLINE, Ticket

# The order in which a ticket's list columns follow its clocks: an unanswered ticket shows its response.
_FIRST = (Metric.RESPONSE, Metric.RESOLUTION)


@unit()
def update_clocks(
    ticket: Ticket,
    now: datetime,
    *,
    promise: Promise | None = None,
    events: Iterable[PastEvent] | None = None,
    is_new: bool = False,
) -> dict[Metric, Clock]:
    """Compute the ticket's clocks at `now` (aware) and write their caches; records nothing.

    A ticket that `is_new` has no caches yet.
    """
    promise, clocks = compute_clocks(ticket, now, promise=promise, events=events)
    rows = () if is_new else TicketClock.objects.filter(ticket=ticket)
    stored = {clock.metric: clock for clock in rows}
    if promise is not None:
        _store(ticket, promise.version.pk, clocks, stored)
    if stored:
        TicketClock.objects.filter(pk__in=[clock.pk for clock in stored.values()]).delete()
    columns = {
        name: value for name, value in ticket_columns(clocks).items() if getattr(ticket, name) != value
    }
    if columns:
        Ticket.objects.filter(pk=ticket.pk).update(**columns)
    for name, value in columns.items():
        setattr(ticket, name, value)
    return clocks


def _store(
    ticket: Ticket, version_id: int, clocks: dict[Metric, Clock], stored: dict[str, TicketClock]
) -> None:
    """Write the caches of computed clocks, unless they say so already; takes from `stored` what stays."""
    fresh = []
    for metric, clock in clocks.items():
        columns: dict[str, Any] = {"version_id": version_id, **clock_columns(clock)}
        known = stored.pop(metric, None)
        if known is None:
            fresh.append(TicketClock(ticket=ticket, metric=metric, **columns))
        elif any(getattr(known, name) != value for name, value in columns.items()):
            TicketClock.objects.filter(pk=known.pk).update(**columns)
    if fresh:
        TicketClock.objects.bulk_create(fresh)


def clock_columns(clock: Clock) -> dict[str, object]:
    """Return the cached columns of a computed clock."""
    return {
        "state": clock.state,
        "target_seconds": clock.target_seconds,
        "consumed_seconds": round(clock.consumed_seconds),
        "started_at": clock.started_at,
        "running_since": clock.running_since,
        "warn_at": clock.warn_at,
        "crit_at": clock.crit_at,
        "due_at": clock.due_at,
        "paused_at": clock.paused_at,
        "stopped_at": clock.stopped_at,
        # A cache must not depend on when it was written; the running time speaks through `due_at`.
        "breached_at": clock.settled_breach_at,
    }


def ticket_columns(clocks: dict[Metric, Clock]) -> dict[str, datetime | None]:
    """Return the ticket's list columns: those of the running clock that is due first."""
    running = [clock for metric in _FIRST if (clock := clocks.get(metric)) and clock.due_at is not None]
    paused = [clock for clock in clocks.values() if clock.paused_at is not None]
    if running:
        first = min(running, key=lambda clock: (clock.due_at is None, clock.due_at))
        return {
            "clock_started_at": first.started_at,
            "warn_at": first.warn_at,
            "crit_at": first.crit_at,
            "next_due_at": first.due_at,
            "due_order": first.due_at,
            "paused_at": None,
        }
    return {
        "clock_started_at": paused[0].started_at if paused else None,
        "warn_at": None,
        "crit_at": None,
        "next_due_at": None,
        "due_order": NO_DEADLINE,
        "paused_at": paused[0].paused_at if paused else None,
    }


@unit()
def leave_past_alarms_silent(now: datetime) -> None:
    """Count thresholds that passed before `now` as rung, for tickets that were brought in from elsewhere."""
    running = TicketClock.objects.filter(state=ClockState.RUNNING)
    for step, column in ((1, "warn_at"), (2, "crit_at"), (3, "due_at")):
        running.filter(**{f"{column}__lte": now, "reached_step__lt": step}).update(reached_step=step)


def ring_due_alarms(now: datetime, limit: int = 500) -> int:
    """Record `ThresholdReached` for running clocks that passed a threshold; returns how many.

    Work is proportional to what is due: three indexed ranges. Each threshold rings once.
    """
    due = (
        Q(warn_at__lte=now, reached_step__lt=1)
        | Q(crit_at__lte=now, reached_step__lt=2)
        | Q(due_at__lte=now, reached_step__lt=3)
    )
    clocks = TicketClock.objects.filter(due, state=ClockState.RUNNING).select_related("ticket", "version")
    return sum(_ring(clock, now) for clock in clocks.order_by("pk")[:limit])


@unit()
def _ring(clock: TicketClock, now: datetime) -> int:
    step, percent = _step(clock, now)
    fresh = TicketClock.objects.filter(pk=clock.pk, reached_step__lt=step, state=ClockState.RUNNING)
    if not fresh.update(reached_step=step):
        return 0
    record(
        ThresholdReached(metric=clock.metric, percent=percent, agreement_version=clock.version_id),
        subject=Subject("ticket", clock.ticket_id),
        actor=Viewer.system().actor,
        at=now,
        state={"priority": clock.ticket.priority_id, "status": clock.ticket.status_id},
    )
    return 1


def _step(clock: TicketClock, now: datetime) -> tuple[int, int]:
    if clock.due_at is not None and clock.due_at <= now:
        return 3, 100
    if clock.crit_at is not None and clock.crit_at <= now:
        return 2, clock.version.crit_percent
    return 1, clock.version.warn_percent
