"""One clock of a ticket as a pure function of facts, service hours, targets and now.

Alarms and breaches are results, never inputs (architecture, "clocks are computed"). Moments are
aware and in UTC; amounts are seconds of service time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from leitstelle.sla.choices import ClockState, Metric

DUE = 100


class Hours(Protocol):
    """What the arithmetic needs of service hours (see `calendars.rules`)."""

    def worked(self, start: datetime, end: datetime) -> float: ...

    def deadline(self, start: datetime, seconds: float) -> datetime: ...


class Effect(StrEnum):
    """What a fact does to the clock."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"
    LEAVE = "leave"
    NONE = "none"


@dataclass(frozen=True)
class Terms:
    """What is promised: target seconds per priority rank, and where warnings lie (per cent).

    `hours` replaces the service hours of the agreement at single priorities. `alarms` are further percentages that
    somebody waits for, beyond 100 too. A single pause counts for `longest_pause` seconds of elapsed time at most.
    """

    targets: Mapping[int, int]
    warn_percent: int = 75
    crit_percent: int = 90
    hours: Mapping[int, Hours] = field(default_factory=dict)
    alarms: tuple[int, ...] = ()
    longest_pause: int | None = None
    restart_on_reopen: bool = False

    @property
    def percents(self) -> tuple[int, ...]:
        """Every percentage that is an alarm, the lowest first."""
        return tuple(sorted({self.warn_percent, self.crit_percent, DUE, *self.alarms}))


@dataclass(frozen=True)
class Offer:
    """Terms with the service hours they are counted in."""

    terms: Terms
    hours: Hours


@dataclass(frozen=True)
class Fact:
    """Something that happened to the ticket. `order` breaks ties: what was done first counts first.

    `offer`: from here on another agreement counts. `answered` ends a clock for good; a clock of updates starts anew.
    """

    at: datetime
    order: int
    effect: Effect = Effect.NONE
    priority: int | None = None
    answered: bool = False
    what: str = ""
    offer: Offer | None = None


@dataclass(frozen=True)
class Stretch:
    """A time during which the clock ran (`worked` seconds of service in `hours`) or was paused.

    `fact` is the order of the fact that began it, for telling who did.
    """

    begin: datetime
    end: datetime | None
    runs: bool
    worked: float
    what: str
    hours: Hours | None = None
    fact: int = 0


@dataclass(frozen=True)
class TargetChange:
    """Another target counts from `at` on; consumed time stays. `before` is empty where nothing was promised."""

    at: datetime
    before: int | None
    after: int | None
    what: str
    fact: int = 0


@dataclass(frozen=True)
class Clock:
    """Where the clock stands at `now`. `due_at` is empty while it does not run.

    `settled_breach_at` leaves out a breach by the time that is still running: it depends on facts alone. `alarms` are
    the percentages with the moments they are reached at; a clock paused for a limited time runs on at `resumes_at`.
    `missed` counts earlier rounds (of updates, or before a reopening) that were broken.
    """

    state: ClockState
    started_at: datetime
    target_seconds: int
    consumed_seconds: float
    running_since: datetime | None
    paused_at: datetime | None
    stopped_at: datetime | None
    warn_at: datetime | None
    crit_at: datetime | None
    due_at: datetime | None
    breached_at: datetime | None
    settled_breach_at: datetime | None = None
    stretches: tuple[Stretch, ...] = ()
    alarms: tuple[tuple[int, datetime], ...] = ()
    changes: tuple[TargetChange, ...] = ()
    resumes_at: datetime | None = None
    missed: int = 0
    hours: Hours | None = None


def compute(metric: Metric, facts: Iterable[Fact], terms: Terms, hours: Hours, now: datetime) -> Clock | None:
    """Return the clock after `facts`, `None` where nothing is promised for the ticket's priority.

    The response clock stops for good at the first answer; an answer and a pause given in one save
    are counted in that order. Consumed time survives pauses, changes of priority or agreement and reopening
    (research, traps 35–41). The clock of updates begins with the first answer, so that the response goes before it
    (trap 43), and anew with each further one.
    """
    ordered = sorted(facts, key=lambda fact: (fact.at, fact.order))
    if not ordered:
        return None
    run = _Run(metric, Offer(terms, hours), started_at=ordered[0].at, begun=metric is not Metric.UPDATE)
    for at, facts_then in groupby(ordered, key=lambda fact: fact.at):
        if at > now:
            break
        run.wake(at)
        for fact in facts_then:
            run.apply(fact)
        # What happens at one moment is judged by what is left at its end.
        run.notice_used_up(at)
    return run.result(now)


@dataclass
class _Run:
    """The clock while facts are applied to it, one after the other."""

    metric: Metric
    offer: Offer
    started_at: datetime
    begun: bool
    priority: int | None = None
    state: ClockState | None = None
    standing: ClockState = ClockState.RUNNING
    since: datetime | None = None
    why: str = ""
    fact: int = 0
    consumed: float = 0.0
    paused_since: datetime | None = None
    stopped_at: datetime | None = None
    kept_target: int | None = None
    breached_at: datetime | None = None
    answered: bool = False
    missed: int = 0
    round_from: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    changes: list[TargetChange] = field(default_factory=list)

    @property
    def target(self) -> int | None:
        return self.offer.terms.targets.get(self.priority) if self.priority is not None else None

    @property
    def hours(self) -> Hours:
        own = self.offer.terms.hours.get(self.priority) if self.priority is not None else None
        return own or self.offer.hours

    @property
    def resumes_at(self) -> datetime | None:
        """When the present pause is over by itself; never before the terms that say so."""
        longest = self.offer.terms.longest_pause
        if self.state is not ClockState.PAUSED or self.paused_since is None or longest is None:
            return None
        over = self.paused_since + timedelta(seconds=longest)
        return max(over, self.since) if self.since is not None else over

    def apply(self, fact: Fact) -> None:
        self._promise(fact)
        if fact.answered and self.metric is not Metric.UPDATE and not self.answered:
            self.answered = True
            self._enter(ClockState.MET, fact)
        if fact.effect is not Effect.NONE:
            self.standing = _STATES[fact.effect]
            if self.begun:
                self._enter(self.standing, fact)
        if fact.answered and self.metric is Metric.UPDATE:
            self._begin_round(fact)

    def _promise(self, fact: Fact) -> None:
        """Let another priority or agreement count from here on: the time before stays counted as it was."""
        other_priority = fact.priority is not None and fact.priority != self.priority
        if not other_priority and (fact.offer is None or fact.offer == self.offer):
            return
        self._settle(fact.at)
        before, first = self.target, self.priority is None
        self.priority = fact.priority if fact.priority is not None else self.priority
        self.offer = fact.offer or self.offer
        if not first and before != self.target:
            self.changes.append(TargetChange(fact.at, before, self.target, fact.what, fact.order))

    def _enter(self, state: ClockState, fact: Fact) -> None:
        if self.answered and self.state is ClockState.MET:
            return
        # Rejected tickets taken up again run on; nothing else revives a clock that was left.
        if self.state is ClockState.LEFT and state is not ClockState.RUNNING:
            return
        if self.answered and state is ClockState.RUNNING:
            # Answered while it was left: there is nothing more to wait for.
            state = ClockState.MET
        if state is self.state and not (state is ClockState.PAUSED and fact.what != self.why):
            return
        self._settle(fact.at)
        if state is ClockState.RUNNING and self.state is ClockState.MET:
            self._reopen(fact)
        if self.state is None:
            self.started_at = fact.at
        if state is not ClockState.PAUSED or self.state is not ClockState.PAUSED:
            self.paused_since = fact.at if state is ClockState.PAUSED else None
        self.state, self.since, self.why, self.fact = state, fact.at, fact.what, fact.order
        stands = state in (ClockState.MET, ClockState.LEFT)
        self.stopped_at = fact.at if stands else None
        self.kept_target = self.target if stands else None

    def _reopen(self, fact: Fact) -> None:
        if self.offer.terms.restart_on_reopen and self.metric is Metric.RESOLUTION:
            self._new_round(fact.at)

    def _begin_round(self, fact: Fact) -> None:
        """The requester was told something: the next update is due a whole target from here on."""
        self._settle(fact.at)
        if self.begun:
            self._new_round(fact.at)
        self.begun, self.started_at = True, fact.at
        self.state, self.since, self.why, self.fact = self.standing, fact.at, fact.what, fact.order
        self.paused_since = fact.at if self.state is ClockState.PAUSED else None
        stands = self.state in (ClockState.MET, ClockState.LEFT)
        self.stopped_at = fact.at if stands else None
        self.kept_target = self.target if stands else None

    def _new_round(self, at: datetime) -> None:
        self.missed += self.breached_at is not None
        self.started_at, self.consumed, self.breached_at = at, 0.0, None
        self.round_from = len(self.stretches)

    def wake(self, at: datetime) -> None:
        """A pause longer than agreed is over by itself: the clock has run since then."""
        wakes = self.resumes_at
        if wakes is None or wakes > at:
            return
        self._settle(wakes)
        self.state, self.why, self.paused_since = ClockState.RUNNING, "pause_over", None
        self.notice_used_up(wakes)

    def notice_used_up(self, at: datetime) -> None:
        """A shorter target that is already used up is broken from the moment the clock runs with it.

        Never back-dated; while it is paused it breaks nothing.
        """
        if self.state is ClockState.RUNNING and self.target is not None and self.consumed > self.target:
            self.breached_at = self.breached_at or at

    def _settle(self, at: datetime) -> None:
        """Close the present stretch at `at`: count what ran, and notice a breach within it."""
        if self.since is None or self.state not in (ClockState.RUNNING, ClockState.PAUSED):
            return
        runs = self.state is ClockState.RUNNING
        worked = self.hours.worked(self.since, at) if runs else 0.0
        crossed = self.target is not None and worked > 0 and self.consumed + worked > self.target
        if crossed and self.breached_at is None and self.target is not None:
            self.breached_at = self.hours.deadline(self.since, max(0.0, self.target - self.consumed))
        self.stretches.append(Stretch(self.since, at, runs, worked, self.why, self.hours, self.fact))
        self.consumed += worked
        self.since = at

    def result(self, now: datetime) -> Clock | None:
        self.wake(now)
        stands = self.state in (ClockState.MET, ClockState.LEFT)
        target = self.kept_target if stands else self.target
        if target is None or self.state is None:
            return None
        running_since = self.since if self.state is ClockState.RUNNING else None
        stretches = list(self.stretches)
        worked = self.hours.worked(running_since, now) if running_since else 0.0
        if not stands and self.since is not None:
            runs = running_since is not None
            stretches.append(Stretch(self.since, None, runs, worked, self.why, self.hours, self.fact))
        terms = self.offer.terms
        alarms = self._alarms(target, terms.percents, running_since)
        moments = dict(alarms)
        due = moments.get(DUE)
        return Clock(
            state=self.state,
            started_at=self.started_at,
            target_seconds=target,
            consumed_seconds=self.consumed,
            running_since=running_since,
            paused_at=self.paused_since if self.state is ClockState.PAUSED else None,
            stopped_at=self.stopped_at,
            warn_at=moments.get(terms.warn_percent),
            crit_at=moments.get(terms.crit_percent),
            due_at=due,
            # Reached at closing time it is not yet missed: no service time has passed since.
            breached_at=self.breached_at or (due if self.consumed + worked > target else None),
            settled_breach_at=self.breached_at,
            stretches=tuple(stretches),
            alarms=alarms,
            changes=tuple(self.changes),
            resumes_at=self.resumes_at,
            missed=self.missed,
            hours=self.hours,
        )

    def _alarms(
        self, target: int, percents: tuple[int, ...], running_since: datetime | None
    ) -> tuple[tuple[int, datetime], ...]:
        """When each percentage was or will be reached; nothing for a clock that stands still."""
        if running_since is None:
            return ()
        return tuple((percent, self._crossing(target * percent / 100, running_since)) for percent in percents)

    def _crossing(self, amount: float, running_since: datetime) -> datetime:
        used = 0.0
        for stretch in self.stretches[self.round_from :]:
            if stretch.runs and stretch.hours is not None and used + stretch.worked >= amount:
                return stretch.hours.deadline(stretch.begin, amount - used)
            used += stretch.worked
        return self.hours.deadline(running_since, max(0.0, amount - used))


_STATES = {
    Effect.RUN: ClockState.RUNNING,
    Effect.PAUSE: ClockState.PAUSED,
    Effect.STOP: ClockState.MET,
    Effect.LEAVE: ClockState.LEFT,
}


def seconds_used(clock: Clock, now: datetime) -> float:
    """Return the service seconds of the present round that are used up at `now`."""
    if clock.running_since is None or clock.hours is None:
        return clock.consumed_seconds
    return clock.consumed_seconds + clock.hours.worked(clock.running_since, now)


def percent_used(clock: Clock, hours: Hours, now: datetime) -> int:
    """Return how much of the target is used at `now`, in per cent, perhaps over 100."""
    running = hours.worked(clock.running_since, now) if clock.running_since else 0.0
    used = clock.consumed_seconds + running
    return int(used * 100 / clock.target_seconds) if clock.target_seconds else 100
