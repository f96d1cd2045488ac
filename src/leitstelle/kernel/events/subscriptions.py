"""Who reacts to which event: the registry filled by the domains' `subscribers` modules.

Inline subscribers run in the recorder's transaction; all others get a `Delivery` row, written
and worked off by `kernel.work`.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from leitstelle.kernel.events.data import EventData, event_classes
from leitstelle.kernel.events.models import Event

Handler = Callable[[Event], None]
F = TypeVar("F", bound=Handler)

EVERYTHING = "*"


@dataclass(frozen=True)
class Subscription:
    """A named handler. `network`: runs outside any transaction. `automation`: stops at depth 3."""

    name: str
    handler: Handler
    codes: frozenset[str]
    inline: bool = False
    network: bool = False
    automation: bool = False
    attempts: int = 8

    def wants(self, code: str) -> bool:
        return code in self.codes or EVERYTHING in self.codes


_subscriptions: dict[str, Subscription] = {}


def subscribe(
    *events: type[EventData],
    name: str,
    inline: bool = False,
    network: bool = False,
    automation: bool = False,
    attempts: int = 8,
) -> Callable[[F], F]:
    """Register a handler `f(event)` under a lasting name, "<domain>.<what it does>".

    `EventData` itself stands for every event. The name is stored with each delivery: renaming
    strands the rows that wait. Raises `ValueError` for a name in use and for an inline
    subscriber that wants the network.
    """
    if inline and network:
        raise ValueError(f"{name}: an inline subscriber runs in a transaction, without network")
    if not events:
        raise ValueError(f"{name}: subscribes to nothing")
    codes = frozenset(EVERYTHING if cls is EventData else cls.code for cls in events)

    def register(handler: F) -> F:
        known = _subscriptions.get(name)
        if known is not None:
            raise ValueError(f"subscriber {name!r} exists: {known.handler.__module__}")
        _subscriptions[name] = Subscription(name, handler, codes, inline, network, automation, attempts)
        return handler

    return register


def unsubscribe(name: str) -> None:
    """Forget a subscriber; for tests that bring their own."""
    _subscriptions.pop(name, None)


def subscription(name: str) -> Subscription | None:
    """Return the subscriber of this name, `None` where no installed domain has it."""
    return _subscriptions.get(name)


def subscribers_of(code: str, *, inline: bool) -> list[Subscription]:
    """Return the subscribers of an event code, in the order they were registered."""
    return [sub for sub in _subscriptions.values() if sub.inline is inline and sub.wants(code)]


def wiring() -> dict[str, list[Subscription]]:
    """Return the subscribers of every known event code, sorted by code."""
    subs = list(_subscriptions.values())
    return {code: [sub for sub in subs if sub.wants(code)] for code in sorted(event_classes())}


@dataclass(frozen=True)
class Cause:
    """The event being handled, and how deep the chain of automation behind it is."""

    event_id: int
    depth: int


class _Handling(threading.local):
    cause: Cause | None = None


_handling = _Handling()


def current_cause() -> Cause | None:
    """Return the event this thread is reacting to."""
    return _handling.cause


@contextlib.contextmanager
def handling(event: Event, *, automation: bool = False) -> Iterator[None]:
    """Mark everything recorded within as caused by `event`; automation goes one level deeper."""
    before = _handling.cause
    _handling.cause = Cause(event.pk, event.depth + automation)
    try:
        yield
    finally:
        _handling.cause = before
