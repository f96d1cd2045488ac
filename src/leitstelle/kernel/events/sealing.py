"""The end of a unit: number and chain the recorded events, move the heads, tell the listeners.

Heads are moved by one conditional UPDATE each, subjects in sorted order, so that two
transactions can neither fork a chain nor wait for each other crosswise.
"""

from collections import defaultdict
from collections.abc import Callable

from leitstelle.kernel.db import insert_ignore, update_rows
from leitstelle.kernel.events import chain
from leitstelle.kernel.events.data import Subject
from leitstelle.kernel.events.models import Event, EventHead

SealListener = Callable[[list[Event]], None]

_listeners: list[SealListener] = []


def on_sealed(listener: SealListener) -> None:
    """Call `listener(events)` at the end of each unit, within its transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


def seal(events: list[Event]) -> None:
    """Chain `events` to their subjects' heads and store it; last statement of a transaction."""
    if not events:
        return
    by_subject: dict[Subject, list[Event]] = defaultdict(list)
    for event in events:
        by_subject[event.subject].append(event)
    for subject in sorted(by_subject):
        _move_head(subject, by_subject[subject])
    rows = [(event.seq, event.prev_hash, event.hash, event.pk) for event in events]
    changed = update_rows(Event, ("seq", "prev_hash", "hash"), rows)
    # SQLite hands out the id of a row that was rolled back once more.
    if changed != len(events) or len({event.pk for event in events}) != len(events):
        raise RuntimeError("a recorded event was rolled back behind its unit: use unit(), not atomic()")
    notify(events)


def notify(events: list[Event]) -> None:
    """Hand sealed events to the listeners (deliveries)."""
    for listener in _listeners:
        listener(events)


def _move_head(subject: Subject, events: list[Event]) -> None:
    key = {"subject_kind": subject.kind, "subject_id": subject.id}
    heads = EventHead.objects.filter(**key)
    while True:
        head = heads.values_list("seq", "hash").first()
        seq, prev_hash = head or (0, chain.GENESIS)
        chain_up(events, seq, prev_hash)
        new = {"seq": events[-1].seq, "hash": events[-1].hash}
        if head is None:
            moved = insert_ignore(EventHead, {**key, **new})
        else:
            moved = heads.filter(seq=seq, hash=prev_hash).update(**new) == 1
        # Somebody else was first: their commit is visible to the next statement (READ COMMITTED).
        if moved:
            return


def chain_up(events: list[Event], seq: int, prev_hash: str) -> None:
    """Give `events` of one subject their place behind (`seq`, `prev_hash`)."""
    for event in events:
        seq += 1
        event.seq, event.prev_hash = seq, prev_hash
        event.hash = prev_hash = hash_of(event)


def hash_of(event: Event) -> str:
    """Return the hash that belongs to an event's fixed fields."""
    return chain.event_hash(event.prev_hash, {name: getattr(event, name) for name in chain.FIXED_FIELDS})
