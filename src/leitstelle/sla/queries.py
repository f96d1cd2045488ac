"""Reads of agreements, and the clocks of a ticket computed from its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import F, Q

from leitstelle.calendars.queries import hours_of
from leitstelle.calendars.rules import ServiceHours
from leitstelle.kernel.events import Event
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import AgreementVersion
from leitstelle.sla.rules.clocks import Clock, Terms, compute
from leitstelle.sla.rules.facts import CODES, PastEvent, PauseTerms, facts_of
from leitstelle.tickets.models import Ticket


@dataclass(frozen=True)
class Promise:
    """An agreement version with its targets and hours, ready for the arithmetic."""

    version: AgreementVersion
    hours: ServiceHours
    targets: dict[str, dict[int, int]]

    def terms(self, metric: Metric) -> Terms:
        return Terms(self.targets.get(metric, {}), self.version.warn_percent, self.version.crit_percent)

    @property
    def pauses(self) -> PauseTerms:
        return PauseTerms(vendor=self.version.pause_for_vendor, third=self.version.pause_for_third)


def version_for(organisation_id: int | None, opened_at: datetime) -> AgreementVersion | None:
    """Return the agreement version a ticket opened then falls under: its organisation's, else the house's."""
    whose = Q(agreement__organisation__isnull=True)
    if organisation_id is not None:
        whose |= Q(agreement__organisation_id=organisation_id)
    in_force = AgreementVersion.objects.filter(whose, agreement__is_active=True, valid_from__lte=opened_at)
    own_first = F("agreement__organisation_id").asc(nulls_last=True)
    return in_force.select_related("agreement").order_by(own_first, "-valid_from", "-pk").first()


def promise_of(version: AgreementVersion) -> Promise:
    """Load targets and service hours of a version. Targets never change, so a process reads them once."""
    key = f"sla-targets:{version.pk}"
    targets: dict[str, dict[int, int]] | None = cache.get(key)
    if targets is None:
        targets = {}
        for target in version.targets.all():
            targets.setdefault(target.metric, {})[target.priority_id] = target.seconds
        cache.set(key, targets, None)
    return Promise(version, hours_of(version.calendar_id), targets)


def past_events(ticket: Ticket) -> list[PastEvent]:
    """Return what the clocks of this ticket are computed from, oldest first.

    The row id orders them: within a transaction under way they have no sequence number yet.
    """
    rows = Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk, code__in=CODES).order_by("pk")
    return [as_past(row) for row in rows]


def as_past(event: Event) -> PastEvent:
    """Reduce a journal row to plain values."""
    return PastEvent(event.code, event.data, event.at, event.pk, int(event.state.get("priority") or 0))


def compute_clocks(
    ticket: Ticket,
    now: datetime,
    *,
    promise: Promise | None = None,
    events: Iterable[PastEvent] | None = None,
) -> tuple[Promise | None, dict[Metric, Clock]]:
    """Compute the clocks of a ticket from its events at `now` (aware)."""
    if promise is None:
        version = version_for(ticket.organisation_id, ticket.opened_at)
        promise = promise_of(version) if version is not None else None
    if promise is None:
        return None, {}
    past = list(events) if events is not None else past_events(ticket)
    clocks: dict[Metric, Clock] = {}
    for metric in Metric:
        facts = facts_of(past, metric, promise.pauses)
        clock = compute(metric, facts, promise.terms(metric), promise.hours, now)
        if clock is not None:
            clocks[metric] = clock
    return promise, clocks
