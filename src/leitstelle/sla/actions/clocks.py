"""Writing the clock caches."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leitstelle.kernel.db import update_rows
from leitstelle.kernel.events import unit
from leitstelle.sla.choices import ClockState
from leitstelle.sla.models import AgreementVersion, TicketClock
from leitstelle.sla.queries import ClockKey, Promise, Reading, compute_clocks
from leitstelle.sla.rules.clocks import Clock
from leitstelle.sla.rules.facts import PastEvent
from leitstelle.tickets.models import NO_DEADLINE, ONGOING, Ticket

# What its clocks ask of a ticket, and where they are cached on it.
CLOCK_FIELDS = (
    "opened_at",
    "organisation_id",
    "category_id",
    "service_id",
    "kind",
    "priority_id",
    "clock_started_at",
    "warn_at",
    "crit_at",
    "next_due_at",
    "due_order",
    "paused_at",
)


@unit()
def update_clocks(ticket: Ticket, now: datetime) -> Reading:
    """Compute the ticket's clocks at `now` (aware) and write their caches; records nothing."""
    return follow_clocks(ticket, now)


def follow_clocks(
    ticket: Ticket,
    now: datetime,
    *,
    events: Iterable[PastEvent] | None = None,
    is_new: bool = False,
) -> Reading:
    """`update_clocks` within the unit of whoever recorded what happened: no savepoint of its own.

    Of the ticket `CLOCK_FIELDS` are asked for. One that `is_new` has no caches yet.
    """
    reading = compute_clocks(ticket, now, events=events)
    rows = () if is_new else TicketClock.objects.filter(ticket=ticket)
    stored = {ClockKey(row.metric, row.level_id): row for row in rows}  # type: ignore[arg-type]
    if reading.promise is not None:
        _store(ticket, reading.promise, reading.clocks, stored, now)
    if stored:
        TicketClock.objects.filter(pk__in=[clock.pk for clock in stored.values()]).delete()
    columns = {
        name: value
        for name, value in ticket_columns(reading.clocks).items()
        if getattr(ticket, name) != value
    }
    if columns:
        Ticket.objects.filter(pk=ticket.pk).update(**columns)
    for name, value in columns.items():
        setattr(ticket, name, value)
    return reading


def take_over(now: datetime) -> int:
    """Compute open tickets by versions that have begun and take over; returns how many tickets there were.

    Each ticket is a transaction of its own; what is interrupted is done again.
    """
    begun = AgreementVersion.objects.filter(takes_over=True, taken_over_at=None, valid_from__lte=now)
    versions = list(begun.select_related("agreement"))
    tickets = 0
    for version in versions:
        whose = Ticket.objects.filter(ONGOING)
        if version.agreement.organisation_id is not None:
            whose = whose.filter(organisation=version.agreement.organisation_id)
        for ticket in whose.order_by("pk").iterator(chunk_size=200):
            update_clocks(ticket, now)
            tickets += 1
    AgreementVersion.objects.filter(pk__in=[version.pk for version in versions]).update(taken_over_at=now)
    return tickets


def _store(
    ticket: Ticket,
    promise: Promise,
    clocks: Mapping[ClockKey, Clock],
    stored: dict[ClockKey, TicketClock],
    now: datetime,
) -> None:
    """Write the caches of computed clocks, unless they say so already; takes from `stored` what stays."""
    fresh, changed = [], []
    for key, clock in clocks.items():
        known = stored.pop(key, None)
        columns: dict[str, Any] = {
            "version_id": promise.version.pk,
            "calendar_id": promise.calendar_id(key.metric, ticket.priority_id, key.level),
            **clock_columns(clock),
            **alarm_columns(clock, known, now),
        }
        if known is None:
            fresh.append(TicketClock(ticket=ticket, metric=key.metric, level_id=key.level, **columns))
        elif any(getattr(known, name) != value for name, value in columns.items()):
            changed.append((*columns.values(), known.pk))
    if changed:
        update_rows(TicketClock, tuple(columns), changed)
    if fresh:
        TicketClock.objects.bulk_create(fresh)


def clock_columns(clock: Clock) -> dict[str, object]:
    """Return the cached columns of a computed clock that depend on facts alone."""
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
        "missed": clock.missed,
        "alarms": [[percent, at.isoformat()] for percent, at in clock.alarms],
    }


def alarm_columns(clock: Clock, known: TicketClock | None, now: datetime) -> dict[str, object]:
    """Return which alarms have rung and when the next one will.

    What has rung stays silent. Under another target, or in another round, the percentages ring again that are not
    reached yet.
    """
    reached = known.reached_percent if known is not None else 0
    if known is not None and (known.target_seconds, known.started_at) != (
        clock.target_seconds,
        clock.started_at,
    ):
        passed = [percent for percent, at in clock.alarms if at <= now and percent <= reached]
        reached = max(passed, default=0)
    ahead = [at for percent, at in clock.alarms if percent > reached]
    return {"reached_percent": reached, "next_alarm_at": ahead[0] if ahead else clock.resumes_at}


def ticket_columns(clocks: Mapping[ClockKey, Clock]) -> dict[str, datetime | None]:
    """Return the ticket's list columns: those of the running clock that is due first."""
    running = [clock for clock in clocks.values() if clock.due_at is not None]
    paused = [clock for clock in clocks.values() if clock.state is ClockState.PAUSED]
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
