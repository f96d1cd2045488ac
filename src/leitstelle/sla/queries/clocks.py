"""The clocks of a ticket computed from its events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from leitstelle.kernel.events import Event
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import AgreementVersion
from leitstelle.sla.queries.promises import (
    Promise,
    Terrain,
    case_of,
    promise_kept,
    promise_now,
    terrain_in_use,
    terrain_now,
)
from leitstelle.sla.rules.clocks import Clock, Offer, Terms, compute
from leitstelle.sla.rules.facts import (
    CODES,
    PastEvent,
    PauseTerms,
    Switch,
    facts_of,
    without_undone_merges,
)
from leitstelle.sla.rules.history import history_of
from leitstelle.sla.rules.precedence import Governing, Judgement, governing, judge
from leitstelle.tickets.models import Ticket


class ClockKey(NamedTuple):
    """Which clock of a ticket: its metric, and the support level of an internal one."""

    metric: Metric
    level: int | None = None


@dataclass(frozen=True)
class Source:
    """Where agreements come from: as they are now, or as this process remembers them."""

    terrain: Callable[[tuple[int | None, ...]], Terrain]
    promise: Callable[[AgreementVersion, Terrain], Promise]


CURRENT = Source(terrain_now, promise_now)
REMEMBERED = Source(terrain_in_use, lambda version, _terrain: promise_kept(version))


@dataclass(frozen=True)
class Reading:
    """The clocks of a ticket at one moment, and all that they come from."""

    promise: Promise | None
    clocks: Mapping[ClockKey, Clock]
    events: tuple[PastEvent, ...] = ()
    governing: tuple[tuple[Governing, Promise | None], ...] = ()
    judgements: tuple[Judgement, ...] = field(default=(), compare=False)

    def clock(self, metric: Metric, level: int | None = None) -> Clock | None:
        return self.clocks.get(ClockKey(metric, level))


def past_events(ticket: Ticket) -> list[PastEvent]:
    """Return what the clocks of this ticket are computed from, oldest first.

    The row id orders them: within a transaction under way they have no sequence number yet.
    """
    rows = Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk, code__in=CODES).order_by("pk")
    return [_past(*row) for row in rows.values_list(*_COLUMNS)]


def as_past(event: Event) -> PastEvent:
    """Reduce a journal row to plain values."""
    return _past(*(getattr(event, name) for name in _COLUMNS))


# Whole rows of the journal cost three times as much, for digests that no clock asks for.
_COLUMNS = ("pk", "code", "data", "at", "state", "actor_kind", "actor_id")


def _past(
    pk: int,
    code: str,
    data: dict[str, Any],
    at: datetime,
    state: dict[str, Any],
    actor_kind: str,
    actor_id: str,
) -> PastEvent:
    return PastEvent(
        code,
        data,
        at,
        pk,
        int(state.get("priority") or 0),
        state.get("level"),
        state.get("team"),
        state.get("assignee"),
        (actor_kind, actor_id),
    )


def compute_clocks(
    ticket: Ticket,
    now: datetime,
    *,
    events: Iterable[PastEvent] | None = None,
    source: Source = CURRENT,
) -> Reading:
    """Compute the clocks of a ticket from its events at `now` (aware)."""
    past = sorted(events if events is not None else past_events(ticket), key=lambda one: (one.at, one.order))
    past = without_undone_merges(past)
    terrain = source.terrain(_organisations(ticket, past))
    rows, judged = _governing(ticket, past, terrain, now)
    promises: dict[int | None, Promise | None] = {None: None}
    for row in rows:
        if row.version is not None and row.version not in promises:
            promises[row.version] = source.promise(terrain.versions[row.version], terrain)
    ruled = tuple((row, promises[row.version]) for row in rows)
    return Reading(
        ruled[-1][1] if ruled else None, clocks_under(ruled, past, now), tuple(past), ruled, tuple(judged)
    )


def clocks_under(
    ruled: tuple[tuple[Governing, Promise | None], ...], past: list[PastEvent], now: datetime
) -> dict[ClockKey, Clock]:
    """Compute every clock under a row of promises, each from its moment on."""
    clocks: dict[ClockKey, Clock] = {}
    promises = [promise for _row, promise in ruled if promise is not None]
    if not promises:
        return clocks
    levels = sorted({level for promise in promises for level in promise.levels})
    keys = [ClockKey(metric) for metric in Metric if metric is not Metric.INTERNAL]
    keys += [ClockKey(Metric.INTERNAL, level) for level in levels]
    for key in keys:
        offers = [(row, _offer(promise, key, promises[0])) for row, promise in ruled]
        if not any(offer.terms.targets for _row, (offer, _pauses) in offers):
            continue
        first, pauses = offers[0][1]
        switches = [Switch(row.at, row.order, offer, own) for row, (offer, own) in offers[1:]]
        facts = facts_of(past, key.metric, pauses, level=key.level, switches=switches)
        clock = compute(key.metric, facts, first.terms, first.hours, now)
        if clock is not None:
            clocks[key] = clock
    return clocks


def _offer(promise: Promise | None, key: ClockKey, stand_in: Promise) -> tuple[Offer, PauseTerms]:
    """Where no agreement fits, nothing is promised, and time is counted by the hours of the one beside it."""
    if promise is None:
        return Offer(Terms({}), stand_in.hours), PauseTerms()
    return promise.offer(key.metric, key.level), promise.pauses


def _organisations(ticket: Ticket, past: list[PastEvent]) -> tuple[int | None, ...]:
    told = {event.data.get("organisation_id") for event in past if "organisation_id" in event.data}
    return tuple(sorted({ticket.organisation_id, *told}, key=lambda pk: pk or 0))


def _governing(
    ticket: Ticket, past: list[PastEvent], terrain: Terrain, now: datetime
) -> tuple[list[Governing], list[Judgement]]:
    case = case_of(ticket, terrain.paths.get(str(ticket.category_id), ""))
    history = history_of(past, case, opened_at=ticket.opened_at, categories=terrain.paths)
    rows = governing(terrain.candidates, history, opened_at=ticket.opened_at, now=max(now, ticket.opened_at))
    return rows, judge(terrain.candidates, case, opened_at=ticket.opened_at, at=now)
