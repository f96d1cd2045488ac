"""Translating journal payloads into facts of the clocks; still pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leitstelle.sla.choices import Metric
from leitstelle.sla.rules.clocks import Effect, Fact


@dataclass(frozen=True)
class PastEvent:
    """What is needed of a journal row: code, payload, effective time (aware), order, state it left."""

    code: str
    data: dict[str, Any]
    at: datetime
    order: int
    priority: int


@dataclass(frozen=True)
class PauseTerms:
    """Which waiting pauses the resolution clock under this agreement."""

    vendor: bool = False
    third: bool = True


# The journal's codes that can move a clock.
CODES = ("ticket.opened", "ticket.message_added", "ticket.status_changed", "ticket.classified")


def facts_of(events: Iterable[PastEvent], metric: Metric, pauses: PauseTerms) -> list[Fact]:
    """Return the facts the clock of `metric` is computed from; other events are passed over."""
    return [fact for event in events if (fact := _fact(event, metric, pauses)) is not None]


def _fact(event: PastEvent, metric: Metric, pauses: PauseTerms) -> Fact | None:
    if event.code == "ticket.opened":
        return Fact(
            event.at, event.order, Effect.RUN, event.priority, bool(event.data["is_response"]), "opened"
        )
    if event.code == "ticket.message_added" and event.data["is_response"]:
        return Fact(event.at, event.order, answered=True, what="answered")
    if event.code == "ticket.status_changed":
        effect = _effect(str(event.data[f"{metric}_clock"]), str(event.data["after"]), pauses)
        return Fact(event.at, event.order, effect, what=str(event.data["after"]))
    if event.code == "ticket.classified":
        return Fact(event.at, event.order, priority=int(event.data["priority_after"]), what="priority")
    return None


def _effect(clock_effect: str, status: str, pauses: PauseTerms) -> Effect:
    if clock_effect != "agreement":
        return Effect(clock_effect)
    pauses_here = pauses.vendor if status == "waiting_vendor" else pauses.third
    return Effect.PAUSE if pauses_here else Effect.RUN
