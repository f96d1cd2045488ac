"""One clock of a ticket as a pure function of facts, service hours, targets and now.

Alarms and breaches are results, never inputs (architecture, "clocks are computed"). Moments are
aware and in UTC; amounts are seconds of service time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from leitstelle.sla.choices import ClockState, Metric


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
class Fact:
    """Something that happened to the ticket. `order` breaks ties: what was done first counts first."""

    at: datetime
    order: int
    effect: Effect = Effect.NONE
    priority: int | None = None
    answered: bool = False
    what: str = ""


@dataclass(frozen=True)
class Stretch:
    """A time during which the clock ran (`worked` seconds of service) or was paused."""

    begin: datetime
    end: datetime | None
    runs: bool
    worked: float
    what: str


@dataclass(frozen=True)
class Clock:
    """Where the clock stands at `now`. `due_at` is empty while it does not run.

    `settled_breach_at` leaves out a breach by the time that is still running: it depends on facts alone.
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


@dataclass(frozen=True)
class Terms:
    """What is promised: target seconds per priority rank, and where warnings lie (per cent)."""

    targets: Mapping[int, int]
    warn_percent: int = 75
    crit_percent: int = 90


def compute(metric: Metric, facts: Iterable[Fact], terms: Terms, hours: Hours, now: datetime) -> Clock | None:
    """Return the clock after `facts`, `None` where nothing is promised for the ticket's priority.

    The response clock stops for good at the first answer; an answer and a pause given in one save
    are counted in that order. Consumed time survives pauses, priority changes and reopening
    (research, traps 35–41).
    """
    ordered = sorted(facts, key=lambda fact: (fact.at, fact.order))
    if not ordered:
        return None
    run = _Run(metric, terms, hours, started_at=ordered[0].at)
    for fact in ordered:
        if fact.at > now:
            break
        run.apply(fact)
    return run.result(now)


@dataclass
class _Run:
    """The clock while facts are applied to it, one after the other."""

    metric: Metric
    terms: Terms
    hours: Hours
    started_at: datetime
    priority: int | None = None
    state: ClockState | None = None
    since: datetime | None = None
    why: str = ""
    consumed: float = 0.0
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    answered: bool = False
    stretches: list[Stretch] = field(default_factory=list)

    @property
    def target(self) -> int | None:
        return self.terms.targets.get(self.priority) if self.priority is not None else None

    def apply(self, fact: Fact) -> None:
        if fact.priority is not None and fact.priority != self.priority:
            self._settle(fact.at, fact.what)
            self.priority = fact.priority
        if fact.answered and self.metric is Metric.RESPONSE and not self.answered:
            self.answered = True
            self._enter(ClockState.MET, fact)
        if fact.effect is not Effect.NONE:
            self._enter(_STATES[fact.effect], fact)
        self._notice_used_up(fact.at)

    def _enter(self, state: ClockState, fact: Fact) -> None:
        if self.answered and self.state is ClockState.MET:
            return
        # Rejected tickets taken up again run on; nothing else revives a clock that was left.
        revived = self.state is ClockState.LEFT and state is ClockState.RUNNING
        if (self.state is ClockState.LEFT or state is self.state) and not revived:
            return
        self._settle(fact.at, fact.what)
        self.state, self.since, self.why = state, fact.at, fact.what
        self.stopped_at = fact.at if state in (ClockState.MET, ClockState.LEFT) else None

    def _notice_used_up(self, at: datetime) -> None:
        """A shorter target that is already used up is broken from the moment the clock runs with it.

        Never back-dated; while it is paused it breaks nothing.
        """
        if self.state is ClockState.RUNNING and self.target is not None and self.consumed > self.target:
            self.breached_at = self.breached_at or at

    def _settle(self, at: datetime, what: str) -> None:
        """Close the present stretch at `at`: count what ran, and notice a breach within it."""
        if self.since is None or self.state not in (ClockState.RUNNING, ClockState.PAUSED):
            return
        runs = self.state is ClockState.RUNNING
        worked = self.hours.worked(self.since, at) if runs else 0.0
        crossed = self.target is not None and worked > 0 and self.consumed + worked > self.target
        if crossed and self.breached_at is None and self.target is not None:
            self.breached_at = self.hours.deadline(self.since, max(0.0, self.target - self.consumed))
        self.stretches.append(Stretch(self.since, at, runs, worked, self.why))
        self.consumed += worked
        self.since = at

    def result(self, now: datetime) -> Clock | None:
        target = self.target
        if target is None or self.state is None:
            return None
        running_since = self.since if self.state is ClockState.RUNNING else None
        stretches = list(self.stretches)
        worked = self.hours.worked(running_since, now) if running_since else 0.0
        if self.state in (ClockState.RUNNING, ClockState.PAUSED) and self.since is not None:
            stretches.append(Stretch(self.since, None, running_since is not None, worked, self.why))
        due = self._crossing(float(target), running_since)
        return Clock(
            state=self.state,
            started_at=self.started_at,
            target_seconds=target,
            consumed_seconds=self.consumed,
            running_since=running_since,
            paused_at=self.since if self.state is ClockState.PAUSED else None,
            stopped_at=self.stopped_at,
            warn_at=self._crossing(target * self.terms.warn_percent / 100, running_since),
            crit_at=self._crossing(target * self.terms.crit_percent / 100, running_since),
            due_at=due,
            # Reached at closing time it is not yet missed: no service time has passed since.
            breached_at=self.breached_at or (due if self.consumed + worked > target else None),
            settled_breach_at=self.breached_at,
            stretches=tuple(stretches),
        )

    def _crossing(self, amount: float, running_since: datetime | None) -> datetime | None:
        """When consumption reached or will reach `amount`; nothing for a clock that stands still."""
        if running_since is None:
            return None
        used = 0.0
        for stretch in self.stretches:
            if stretch.runs and used + stretch.worked >= amount:
                return self.hours.deadline(stretch.begin, amount - used)
            used += stretch.worked
        return self.hours.deadline(running_since, max(0.0, amount - used))


_STATES = {
    Effect.RUN: ClockState.RUNNING,
    Effect.PAUSE: ClockState.PAUSED,
    Effect.STOP: ClockState.MET,
    Effect.LEAVE: ClockState.LEFT,
}


def percent_used(clock: Clock, hours: Hours, now: datetime) -> int:
    """Return how much of the target is used at `now`, in per cent, perhaps over 100."""
    running = hours.worked(clock.running_since, now) if clock.running_since else 0.0
    used = clock.consumed_seconds + running
    return int(used * 100 / clock.target_seconds) if clock.target_seconds else 100
