"""What would have been: a past period under another agreement or other service hours. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import QuerySet

from leitstelle.calendars.rules import ServiceHours
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.queries.clocks import REMEMBERED, ClockKey, clocks_under, compute_clocks
from leitstelle.sla.queries.promises import Promise
from leitstelle.sla.rules.clocks import Clock
from leitstelle.sla.rules.precedence import Governing
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Ticket

MOST_SHOWN = 200
OUTCOMES = ("kept", "missed", "open")


@dataclass(frozen=True)
class Alternative:
    """Another agreement for all tickets, or other service hours under the agreements that they had."""

    promise: Promise | None = None
    hours: ServiceHours | None = None

    def of(self, promise: Promise | None) -> Promise | None:
        found = self.promise or promise
        if found is None or self.hours is None:
            return found
        own = found.version.calendar_id
        aims = tuple(replace(aim, calendar_id=own) for aim in found.aims)
        return replace(found, hours=self.hours, aims=aims)


@dataclass(frozen=True)
class Difference:
    """A ticket that comes out otherwise in one metric."""

    ticket: Ticket
    metric: Metric
    before: str
    after: str


@dataclass
class Tally:
    """How many clocks were kept, missed or are open, as it was and as it would have been."""

    tickets: int = 0
    before: dict[str, dict[str, int]] = field(default_factory=dict)
    after: dict[str, dict[str, int]] = field(default_factory=dict)
    differing: list[Difference] = field(default_factory=list)

    def add(self, ticket: Ticket, was: Mapping[ClockKey, Clock], would: Mapping[ClockKey, Clock]) -> None:
        self.tickets += 1
        for metric in Metric:
            if metric is Metric.INTERNAL:
                continue
            before, after = _outcome(was.get(ClockKey(metric))), _outcome(would.get(ClockKey(metric)))
            for side, outcome in ((self.before, before), (self.after, after)):
                if outcome:
                    counts = side.setdefault(metric.value, dict.fromkeys(OUTCOMES, 0))
                    counts[outcome] += 1
            if before != after:
                self.differing.append(Difference(ticket, metric, before, after))


def period(
    tickets: QuerySet[Ticket], begin: datetime, end: datetime, organisation_id: int | None
) -> QuerySet[Ticket]:
    """Tickets opened in a period, of one customer or of all, in order; merged ones count where they are."""
    found = tickets.filter(opened_at__gte=begin, opened_at__lt=end).exclude(status_type=StatusType.MERGED)
    if organisation_id is not None:
        found = found.filter(organisation=organisation_id)
    return found.order_by("pk")


def retell(
    tickets: QuerySet[Ticket], alternative: Alternative, now: datetime
) -> Iterator[tuple[Ticket, Tally]]:
    """Go through the tickets one by one; the tally grows with each."""
    tally = Tally()
    for ticket in tickets.iterator(chunk_size=200):
        reading = compute_clocks(ticket, now, source=REMEMBERED)
        if alternative.promise is not None:
            ruled: tuple[tuple[Governing, Promise | None], ...] = (
                (Governing(ticket.opened_at, 0, None), alternative.of(None)),
            )
        else:
            ruled = tuple((row, alternative.of(promise)) for row, promise in reading.governing)
        tally.add(ticket, reading.clocks, clocks_under(ruled, list(reading.events), now))
        yield ticket, tally


def _outcome(clock: Clock | None) -> str:
    if clock is None or clock.state is ClockState.LEFT:
        return ""
    if clock.breached_at is not None or clock.missed:
        return "missed"
    return "kept" if clock.state is ClockState.MET else "open"
