"""The clock arithmetic: single traps by hand, and random histories against a simulation second by second."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.rules.clocks import Clock, Effect, Fact, Offer, Terms, compute, percent_used
from leitstelle.sla.rules.facts import PastEvent, PauseTerms, Switch, facts_of

MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)
HOUR = 3600
TERMS = Terms({1: 1 * HOUR, 2: 2 * HOUR, 3: 8 * HOUR})


@dataclass(frozen=True)
class DayShift:
    """Open from 8 to 16 UTC every day; simple enough to be checked by counting."""

    opens: int = 8
    closes: int = 16

    def is_open(self, at: datetime) -> bool:
        return self.opens <= at.hour < self.closes

    def worked(self, start: datetime, end: datetime) -> float:
        total, day = 0.0, start.replace(hour=0, minute=0, second=0, microsecond=0)
        while day < end:
            begin = max(start, day + timedelta(hours=self.opens))
            stop = min(end, day + timedelta(hours=self.closes))
            total += max(0.0, (stop - begin).total_seconds())
            day += timedelta(days=1)
        return total

    def deadline(self, start: datetime, seconds: float) -> datetime:
        day, left = start.replace(hour=0, minute=0, second=0, microsecond=0), seconds
        if seconds == 0:
            return start
        while True:
            begin = max(start, day + timedelta(hours=self.opens))
            stop = day + timedelta(hours=self.closes)
            here = max(0.0, (stop - begin).total_seconds())
            if left <= here:
                return begin + timedelta(seconds=left)
            left -= here
            day += timedelta(days=1)


HOURS = DayShift()


def opened(priority: int = 2, at: datetime = MONDAY) -> Fact:
    return Fact(at, 0, Effect.RUN, priority)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def resolution(*facts: Fact, now: datetime) -> Clock:
    clock = compute(Metric.RESOLUTION, facts, TERMS, HOURS, now)
    assert clock is not None
    return clock


def test_a_running_clock_knows_its_deadline_and_warnings() -> None:
    clock = resolution(opened(), now=at(0.5))
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, at(2))
    assert (clock.warn_at, clock.crit_at) == (at(1.5), at(1.8))
    assert percent_used(clock, HOURS, at(0.5)) == 25


def test_pausing_moves_the_deadline_and_cannot_breach() -> None:
    facts = (opened(), Fact(at(1), 1, Effect.PAUSE))
    paused = resolution(*facts, now=at(30))
    assert (paused.state, paused.due_at, paused.breached_at) == (ClockState.PAUSED, None, None)
    again = resolution(*facts, Fact(at(5), 2, Effect.RUN), now=at(5))
    assert (again.due_at, again.consumed_seconds) == (at(6), HOUR)


def test_a_pause_outside_hours_costs_nothing() -> None:
    noon = opened(3, at(4))
    clock = resolution(noon, Fact(at(12), 1, Effect.PAUSE), Fact(at(24), 2, Effect.RUN), now=at(24))
    assert (clock.consumed_seconds, clock.due_at) == (4 * HOUR, at(28))


def test_a_deadline_at_closing_time_is_kept_until_service_goes_on() -> None:
    assert resolution(opened(3), now=at(23)).breached_at is None
    assert resolution(opened(3), now=at(24.5)).breached_at == at(8)


def test_meeting_the_target_exactly_keeps_it() -> None:
    clock = resolution(opened(), Fact(at(2), 1, Effect.STOP), now=at(9))
    assert (clock.state, clock.breached_at, clock.consumed_seconds) == (ClockState.MET, None, 2 * HOUR)


def test_a_breach_is_dated_when_it_happened_and_stays() -> None:
    late = resolution(opened(), Fact(at(3), 1, Effect.STOP), Fact(at(4), 2, Effect.RUN), now=at(4))
    assert late.breached_at == at(2)


def test_a_shorter_target_keeps_consumed_time_and_never_backdates() -> None:
    clock = resolution(opened(2), Fact(at(1.5), 1, priority=1), now=at(1.5))
    assert (clock.target_seconds, clock.consumed_seconds, clock.breached_at) == (HOUR, 1.5 * HOUR, at(1.5))


def test_a_shorter_target_during_a_pause_breaks_when_the_clock_runs_again() -> None:
    facts = (opened(2), Fact(at(1.5), 1, Effect.PAUSE), Fact(at(2), 2, priority=1))
    assert resolution(*facts, now=at(3)).breached_at is None
    assert resolution(*facts, Fact(at(4), 3, Effect.RUN), now=at(5)).breached_at == at(4)


def test_a_longer_target_counts_from_the_beginning() -> None:
    clock = resolution(opened(2), Fact(at(1), 1, priority=3), now=at(1))
    assert clock.due_at == at(8)


def test_solved_time_is_not_consumed_after_reopening() -> None:
    clock = resolution(opened(), Fact(at(1), 1, Effect.STOP), Fact(at(5), 2, Effect.RUN), now=at(5))
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, at(6))


def test_an_answer_and_a_pause_in_one_save_count_in_their_order() -> None:
    facts = [opened(), Fact(at(1), 5, answered=True), Fact(at(1), 6, Effect.PAUSE)]
    clock = compute(Metric.RESPONSE, facts, TERMS, HOURS, at(9))
    assert clock is not None
    assert (clock.state, clock.stopped_at, clock.breached_at) == (ClockState.MET, at(1), None)


def test_the_response_clock_stops_for_good() -> None:
    facts = [opened(), Fact(at(1), 1, answered=True), Fact(at(2), 2, Effect.STOP), Fact(at(3), 3, Effect.RUN)]
    clock = compute(Metric.RESPONSE, facts, TERMS, HOURS, at(30))
    assert clock is not None
    assert (clock.state, clock.stopped_at) == (ClockState.MET, at(1))


def test_a_call_entered_later_counts_at_its_true_time() -> None:
    facts = [opened(), Fact(at(1.5), 1, Effect.PAUSE), Fact(at(1), 2, answered=True)]
    clock = compute(Metric.RESPONSE, facts, TERMS, HOURS, at(2))
    assert clock is not None
    assert clock.stopped_at == at(1)


def test_merged_and_rejected_tickets_leave_their_clocks() -> None:
    clock = resolution(opened(), Fact(at(1), 1, Effect.LEAVE), now=at(99))
    assert (clock.state, clock.due_at, clock.breached_at) == (ClockState.LEFT, None, None)


def test_nothing_promised_is_no_clock() -> None:
    assert compute(Metric.RESOLUTION, [opened(4)], TERMS, HOURS, at(1)) is None
    assert compute(Metric.RESOLUTION, [], TERMS, HOURS, at(1)) is None


EFFECTS = st.sampled_from([Effect.RUN, Effect.PAUSE, Effect.STOP, Effect.NONE])
STEP = timedelta(minutes=10)


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Random histories on a grid of ten minutes, so that counting grid cells is exact."""
    facts, moment = [opened(draw(st.integers(1, 3)))], MONDAY
    for order in range(1, draw(st.integers(0, 8)) + 1):
        moment += STEP * draw(st.integers(0, 200))
        priority = draw(st.none() | st.integers(1, 3))
        facts.append(Fact(moment, order, draw(EFFECTS), priority))
    return facts


@given(histories(), st.integers(0, 300))
def test_the_arithmetic_equals_counting(facts: list[Fact], later: int) -> None:
    now = facts[-1].at + STEP * later
    clock = resolution(*facts, now=now)
    state, priority, consumed, breached = Effect.RUN, 0, 0.0, None
    waiting = sorted(facts, key=lambda fact: (fact.at, fact.order))
    moment = MONDAY
    while True:
        while waiting and waiting[0].at <= moment:
            fact = waiting.pop(0)
            if fact.priority is not None and fact.priority != priority:
                priority = fact.priority
            if fact.effect is not Effect.NONE:
                state = fact.effect
            if breached is None and state is Effect.RUN and consumed > TERMS.targets[priority]:
                breached = moment
        if moment >= now:
            break
        if state is Effect.RUN and HOURS.is_open(moment):
            if breached is None and consumed >= TERMS.targets[priority]:
                breached = moment
            consumed += STEP.total_seconds()
        moment += STEP
    running = HOURS.worked(clock.running_since, now) if clock.running_since else 0.0
    assert clock.consumed_seconds + running == pytest.approx(consumed)
    assert (clock.breached_at is None) == (breached is None)
    if clock.due_at is not None and breached is None:
        left = TERMS.targets[priority] - consumed
        assert clock.due_at == HOURS.deadline(now, left) or left == 0


def test_who_leaves_a_clock_starts_nothing_in_it_by_the_agreement_that_comes_with_it() -> None:
    """Rejected, an incident, waiting, a request at last: the agreement of requests pauses nothing while waiting."""

    def status(after: str, effect: str, hours: int) -> PastEvent:
        data = {"after": after, "response_clock": effect, "resolution_clock": effect}
        return PastEvent("ticket.status_changed", data, MONDAY + timedelta(hours=hours), hours, 1)

    def kind(before: str, after: str, hours: int) -> PastEvent:
        data = {"priority_after": 1, "changes": [("kind", before, after)]}
        return PastEvent("ticket.classified", data, MONDAY + timedelta(hours=hours), hours, 1)

    events = [
        PastEvent("ticket.opened", {"is_response": False, "kind": "request"}, MONDAY, 0, 1),
        status("rejected", "leave", 1),
        kind("request", "incident", 2),
        status("waiting_third", "agreement", 3),
        kind("incident", "request", 4),
    ]
    offer = Offer(Terms({1: 5 * HOUR}), DayShift())
    requests = Switch(MONDAY + timedelta(hours=4), 4, offer, PauseTerms(third=False))
    facts = facts_of(events, Metric.WORKAROUND, PauseTerms(third=True), switches=[requests])
    clock = compute(Metric.WORKAROUND, facts, TERMS, DayShift(), MONDAY + timedelta(hours=6))
    assert clock is not None
    assert (clock.state, clock.target_seconds) == (ClockState.LEFT, 1 * HOUR)
    assert clock.stopped_at == MONDAY + timedelta(hours=2)
