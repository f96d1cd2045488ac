"""Missed targets of a ticket with their causes: computed from events, and as people corrected them."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.calendars.queries import default_calendar, hours_in_use
from leitstelle.sla.choices import Cause, Metric
from leitstelle.sla.models import CorrectedCause
from leitstelle.sla.queries.clocks import ClockKey, compute_clocks
from leitstelle.sla.rules.causes import main_cause, shares
from leitstelle.tickets.models import Ticket


@dataclass(frozen=True)
class Breach:
    """One missed target: since when, service seconds by cause, the main one, and what somebody said instead."""

    key: ClockKey
    at: datetime
    shares: dict[Cause, float]
    computed: Cause | None
    corrected: CorrectedCause | None


def corrected_causes(ticket: Ticket) -> dict[ClockKey, CorrectedCause]:
    """Return what people said caused missed targets, by clock."""
    rows = CorrectedCause.objects.filter(ticket=ticket)
    return {ClockKey(Metric(row.metric), row.level_id): row for row in rows}


def breaches_of(ticket: Ticket, now: datetime) -> list[Breach]:
    """Return the missed targets of a ticket; none costs no statement beyond its clocks."""
    reading = compute_clocks(ticket, now)
    missed = {key: clock for key, clock in reading.clocks.items() if clock.breached_at is not None}
    if not missed:
        return []
    corrected, staffed = corrected_causes(ticket), hours_in_use(default_calendar().pk)
    found = []
    for key, clock in missed.items():
        assert clock.breached_at is not None
        by_cause = shares(clock, reading.events, staffed, now)
        found.append(Breach(key, clock.breached_at, by_cause, main_cause(by_cause), corrected.get(key)))
    return found
