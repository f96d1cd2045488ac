"""The slow truth about clocks: every minute of a ticket's life, counted one by one.

Shares with the product only the plain values of a history and the service hours; what an event means for a clock is
written here a second time, from the rules as they are documented.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from leitstelle.sla.choices import Metric
from leitstelle.sla.rules.facts import PastEvent

MINUTE = timedelta(minutes=1)
Opening = Callable[[datetime], bool]


@dataclass(frozen=True)
class Rules:
    """One agreement version: target minutes by metric and priority, whose hours count, what pauses."""

    targets: dict[tuple[Metric, int, int | None], int]
    opening: Opening
    opening_at: dict[tuple[Metric, int, int | None], Opening] = field(default_factory=dict)
    vendor_pauses: bool = False
    third_pauses: bool = True
    longest_pause: int | None = None
    restarts: bool = False


@dataclass
class Counted:
    """What came out: minutes used in the present round, whether it was ever too much, and where it stands."""

    state: str = "none"
    used: int = 0
    broken: bool = False
    missed: int = 0
    target: int | None = None
    opening: Opening | None = None


def count(
    metric: Metric,
    level: int | None,
    events: Sequence[PastEvent],
    rules_at: Callable[[datetime, dict[str, object]], Rules | None],
    now: datetime,
) -> Counted:
    """Live through every minute from the first event to `now`."""
    life = _Life(metric, level)
    waiting = sorted(events, key=lambda event: (event.at, event.order))
    moment = waiting[0].at
    while True:
        life.moment = moment
        life.choose(rules_at(moment, life.facts))
        life.wake(moment)
        while waiting and waiting[0].at <= moment:
            event = waiting.pop(0)
            life.know(event)
            life.choose(rules_at(moment, life.facts))
            life.hear(event)
        life.wake(moment)
        life.notice()
        if moment >= now:
            return life.result()
        life.tick(moment)
        moment += MINUTE


class _Life:
    def __init__(self, metric: Metric, level: int | None) -> None:
        self.metric, self.level = metric, level
        self.facts: dict[str, object] = {"organisation": None, "kind": "incident", "priority": 0}
        self.here: int | None = None
        self.status, self.effect = "", "run"
        self.state = "none"
        self.rules: Rules | None = None
        self.used, self.broken, self.missed = 0, False, 0
        self.done = self.answered = False
        self.frozen: int | None = None
        self.paused_at: datetime | None = None
        self.moment = datetime.min.replace(tzinfo=UTC)
        self.was_mine = False

    @property
    def target(self) -> int | None:
        if self.rules is None:
            return None
        return self.rules.targets.get((self.metric, int(str(self.facts["priority"])), self.level))

    @property
    def mine(self) -> bool:
        if self.metric is Metric.INTERNAL:
            return self.here == self.level
        return self.metric is not Metric.WORKAROUND or self.facts["kind"] == "incident"

    def choose(self, rules: Rules | None) -> None:
        if rules is self.rules:
            return
        self.rules = rules
        if self.effect == "agreement" and self.mine:
            self.follow()

    def know(self, event: PastEvent) -> None:
        """Take in what the ticket is, before what it means."""
        self.was_mine = self.mine
        if event.code == "ticket.opened":
            self.facts.update(
                organisation=event.data["organisation_id"], kind=event.data["kind"], priority=event.priority
            )
            self.here = event.level
        elif event.code == "ticket.classified":
            self.facts["priority"] = event.data["priority_after"]
            for name, _before, after in event.data["changes"]:
                self.facts[name] = after
        elif event.code == "ticket.requester_changed":
            self.facts["organisation"] = event.data["organisation_id"]
        elif event.code == "ticket.handed_over":
            self.here = event.level
        elif event.code == "ticket.status_changed":
            column = "response_clock" if self.metric is Metric.RESPONSE else "resolution_clock"
            self.effect, self.status = event.data[column], event.data["after"]

    def hear(self, event: PastEvent) -> None:
        told = event.data.get("is_response", False)
        if event.code == "ticket.opened" or event.code == "ticket.status_changed":
            if self.mine:
                self.follow()
        elif self.was_mine != self.mine:
            self.enter(self.wanted() if self.mine else "met" if self.metric is Metric.INTERNAL else "left")
        if told and self.metric is Metric.RESPONSE:
            self.finish()
        if told and self.metric is Metric.UPDATE:
            self.restart()
        if event.code == "sla.workaround_given" and self.metric is Metric.WORKAROUND:
            self.finish()

    def wanted(self) -> str:
        effect = self.effect
        if effect == "agreement":
            rules = self.rules
            vendor = rules.vendor_pauses if rules else False
            third = rules.third_pauses if rules else True
            effect = "pause" if (vendor if self.status == "waiting_vendor" else third) else "run"
        return {"run": "running", "pause": "paused", "stop": "met", "leave": "left"}[effect]

    def follow(self) -> None:
        if self.metric is Metric.UPDATE and not self.answered:
            return
        self.enter(self.wanted())

    def enter(self, state: str) -> None:
        if self.metric is Metric.UPDATE and not self.answered:
            return
        if self.done:
            if self.state == "left" and state == "running":
                self.settle("met")
            return
        if self.state == "left" and state != "running":
            return
        reopened = self.state == "met" and state == "running" and self.metric is Metric.RESOLUTION
        if reopened and self.rules is not None and self.rules.restarts:
            self.new_round()
        if state == "paused" and self.state != "paused":
            self.paused_at = self.moment
        self.settle(state)

    def settle(self, state: str) -> None:
        if state in ("met", "left") and self.state not in (state,):
            self.frozen = self.target
        self.state = state

    def finish(self) -> None:
        if not self.done and self.state != "left":
            self.settle("met")
        self.done = True

    def restart(self) -> None:
        if self.answered:
            self.new_round()
        self.answered = True
        state = self.wanted()
        self.paused_at = self.moment if state == "paused" else None
        self.state = ""
        self.settle(state)

    def new_round(self) -> None:
        self.missed += self.broken
        self.used, self.broken = 0, False

    def wake(self, moment: datetime) -> None:
        longest = self.rules.longest_pause if self.rules else None
        if self.state != "paused" or longest is None or self.paused_at is None:
            return
        if moment >= self.paused_at + longest * MINUTE:
            self.state = "running"

    def notice(self) -> None:
        target = self.target
        if self.state == "running" and target is not None and self.used > target:
            self.broken = True

    def tick(self, moment: datetime) -> None:
        if self.state != "running" or not self.opening()(moment):
            return
        target = self.target
        if target is not None and self.used >= target:
            self.broken = True
        self.used += 1

    def opening(self) -> Opening:
        if self.rules is None:
            return self.last_opening
        own = self.rules.opening_at.get((self.metric, int(str(self.facts["priority"])), self.level))
        return own or self.rules.opening

    last_opening: Opening = staticmethod(lambda moment: False)

    def result(self) -> Counted:
        target = self.frozen if self.state in ("met", "left") else self.target
        return Counted(self.state, self.used, self.broken, self.missed, target, self.opening())
