"""Translating journal payloads into facts of the clocks; still pure."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leitstelle.sla.choices import Metric
from leitstelle.sla.rules.clocks import Effect, Fact, Offer


@dataclass(frozen=True)
class PastEvent:
    """What is needed of a journal row: code, payload, effective time (aware), order, state it left.

    `actor` is kind and id of whoever did it, for telling who caused a pause.
    """

    code: str
    data: dict[str, Any]
    at: datetime
    order: int
    priority: int
    level: int | None = None
    team: int | None = None
    assignee: int | None = None
    actor: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class PauseTerms:
    """Which waiting pauses the resolution clock under this agreement."""

    vendor: bool = False
    third: bool = True


@dataclass(frozen=True)
class Switch:
    """From (`at`, `order`) on another agreement counts for the clock."""

    at: datetime
    order: int
    offer: Offer
    pauses: PauseTerms
    what: str = "agreement"


# The journal's codes that can move a clock or change what is promised.
CODES = (
    "ticket.opened",
    "ticket.message_added",
    "ticket.status_changed",
    "ticket.classified",
    "ticket.requester_changed",
    "ticket.assigned",
    "ticket.handed_over",
    "ticket.handover_returned",
    "sla.workaround_given",
)
WORKAROUND_GIVEN = "sla.workaround_given"
_MOVES_LEVEL = ("ticket.opened", "ticket.assigned", "ticket.handed_over", "ticket.handover_returned")
INCIDENT = "incident"


def without_undone_merges(events: Iterable[PastEvent]) -> list[PastEvent]:
    """Leave out merges that were taken back: for the clocks of a ticket they have never been.

    Nothing else moves the status of a merged ticket, so that what undoes a merge follows it directly.
    """
    kept: list[PastEvent] = []
    merged: int | None = None
    for event in events:
        verb = event.data.get("verb") if event.code == "ticket.status_changed" else None
        if verb == "unmerge" and merged is not None:
            del kept[merged]
            merged = None
            continue
        if verb == "merge":
            merged = len(kept)
        kept.append(event)
    return kept


def facts_of(
    events: Iterable[PastEvent],
    metric: Metric,
    pauses: PauseTerms,
    *,
    level: int | None = None,
    switches: Sequence[Switch] = (),
) -> list[Fact]:
    """Return the facts the clock of `metric` is computed from; other events are passed over.

    `level` is the support level an internal clock belongs to. `events` are in the order they happened in.
    """
    reader = _Reader(metric, pauses, level)
    facts: list[Fact] = []
    waiting = sorted(switches, key=lambda switch: (switch.at, switch.order))
    for event in sorted(events, key=lambda event: (event.at, event.order)):
        while waiting and (waiting[0].at, waiting[0].order) <= (event.at, event.order):
            switch = waiting.pop(0)
            caused = (switch.at, switch.order) == (event.at, event.order)
            facts.append(reader.switch(switch, event if caused else None))
        facts += reader.read(event)
    return facts + [reader.switch(switch) for switch in waiting]


class _Reader:
    """Reads events one after the other for one clock; remembers the status, the level and the kind."""

    def __init__(self, metric: Metric, pauses: PauseTerms, level: int | None) -> None:
        self.metric, self.pauses, self.level = metric, pauses, level
        self.effect, self.status, self.kind = "run", "", INCIDENT
        self.here: int | None = None
        self.begun = False

    def switch(self, switch: Switch, cause: PastEvent | None = None) -> Fact:
        """Another agreement counts. A ticket that leaves the clock by the same event (`cause`) starts nothing in it."""
        self.pauses = switch.pauses
        stays = self._is_mine() and (cause is None or self._knowing(cause)._is_mine())
        depends = self.begun and self.effect == "agreement" and stays
        effect = self._standing() if depends else Effect.NONE
        return Fact(switch.at, switch.order, effect, what=switch.what, offer=switch.offer)

    def read(self, event: PastEvent) -> list[Fact]:
        facts: list[Fact] = []
        was_mine, priority = self._is_mine(), None
        if event.code == "ticket.opened":
            self.here, self.kind, self.begun = event.level, str(event.data.get("kind") or INCIDENT), True
            effect = Effect.RUN if self._is_mine() else Effect.NONE
            answered = bool(event.data["is_response"]) and self._hears_answers()
            return [Fact(event.at, event.order, effect, event.priority, answered, "opened")]
        self._take_in(event)
        if event.code == "ticket.classified":
            priority = int(event.data["priority_after"])
        if event.code == "ticket.status_changed":
            self.effect, self.status = (
                str(event.data[f"{_effects(self.metric)}_clock"]),
                str(event.data["after"]),
            )
            effect = self._standing() if self._is_mine() else Effect.NONE
            facts.append(Fact(event.at, event.order, effect, what=self.status))
        if event.code == "ticket.message_added" and event.data["is_response"] and self._hears_answers():
            facts.append(Fact(event.at, event.order, answered=True, what="answered"))
        if event.code == WORKAROUND_GIVEN and self.metric is Metric.WORKAROUND:
            facts.append(Fact(event.at, event.order, answered=True, what="workaround"))
        if priority is not None:
            facts.append(Fact(event.at, event.order, priority=priority, what="priority"))
        if was_mine != self._is_mine():
            facts.append(self._moved(event))
        return facts

    def _take_in(self, event: PastEvent) -> None:
        """Note level and kind, which say whether the ticket is this clock's."""
        if event.code in _MOVES_LEVEL:
            self.here = event.level
        if event.code == "ticket.classified":
            changes = event.data.get("changes", ())
            self.kind = next((after for name, _, after in changes if name == "kind"), self.kind)

    def _knowing(self, event: PastEvent) -> "_Reader":
        later = copy(self)
        later._take_in(event)
        return later

    def _moved(self, event: PastEvent) -> Fact:
        """The ticket came to the clock's level or left it, or became a kind that has this clock or has not."""
        of_level = self.metric is Metric.INTERNAL
        if self._is_mine():
            return Fact(
                event.at, event.order, self._standing(), what="arrived" if of_level else "became_kind"
            )
        effect, what = (Effect.STOP, "moved_on") if of_level else (Effect.LEAVE, "left_kind")
        return Fact(event.at, event.order, effect, what=what)

    def _is_mine(self) -> bool:
        if self.metric is Metric.INTERNAL:
            return self.here == self.level
        # Only what is broken can be worked around.
        return self.metric is not Metric.WORKAROUND or self.kind == INCIDENT

    def _hears_answers(self) -> bool:
        return self.metric in (Metric.RESPONSE, Metric.UPDATE)

    def _standing(self) -> Effect:
        if self.effect != "agreement":
            return Effect(self.effect)
        pauses = self.pauses.vendor if self.status == "waiting_vendor" else self.pauses.third
        return Effect.PAUSE if pauses else Effect.RUN


def _effects(metric: Metric) -> str:
    """Whose effect a status states for this clock: it names those of response and resolution."""
    return Metric.RESPONSE.value if metric is Metric.RESPONSE else Metric.RESOLUTION.value
