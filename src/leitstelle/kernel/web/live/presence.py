"""Who is looking at what right now, in the memory of this web process.

A person counts as present until a beat is missing for half a minute. Leaves several web processes to a shared store
of a later tier: each process then knows only its own people.
"""

import time
from dataclasses import dataclass
from threading import Lock

EXPIRES_SECONDS = 35.0


@dataclass(frozen=True)
class Here:
    """A person on a topic."""

    person_id: int
    name: str
    writing: bool
    until: float


class Presence:
    """Topic to people. Thread-safe: beats come from request threads, the stream reads from the event loop."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._people: dict[str, dict[int, Here]] = {}
        self._changed: set[str] = set()

    def beat(self, topic: str, person_id: int, name: str, *, writing: bool, now: float | None = None) -> None:
        """Somebody is (still) here."""
        until = (time.monotonic() if now is None else now) + EXPIRES_SECONDS
        with self._lock:
            before = self._people.get(topic, {}).get(person_id)
            self._people.setdefault(topic, {})[person_id] = Here(person_id, name, writing, until)
            if before is None or before.writing != writing:
                self._changed.add(topic)

    def leave(self, topic: str, person_id: int) -> None:
        """Somebody closed the page."""
        with self._lock:
            if self._people.get(topic, {}).pop(person_id, None):
                self._changed.add(topic)
            if not self._people.get(topic):
                self._people.pop(topic, None)

    def expire(self, now: float | None = None) -> None:
        """Drop people whose beat is missing."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            for topic, people in list(self._people.items()):
                kept = {person_id: here for person_id, here in people.items() if here.until > moment}
                if len(kept) != len(people):
                    self._changed.add(topic)
                    self._people[topic] = kept
                if not kept:
                    del self._people[topic]

    def take_changes(self) -> set[str]:
        """Topics whose people changed since the last call."""
        with self._lock:
            changed, self._changed = self._changed, set()
        return changed

    def people(self, topic: str, besides: int | None = None) -> list[dict[str, object]]:
        """Who else is on a topic, by name; ready for JSON."""
        with self._lock:
            found = [here for here in self._people.get(topic, {}).values() if here.person_id != besides]
        return [
            {"id": here.person_id, "name": here.name, "writing": here.writing}
            for here in sorted(found, key=lambda here: here.name)
        ]


presence = Presence()
