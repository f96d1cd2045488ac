"""Writing the journal: `record` inside a unit, and the erasure of payloads.

Sealing is `units`/`sealing`, checking `verification`, loading in bulk `bulk`.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from leitstelle.kernel.events import chain
from leitstelle.kernel.events.data import Actor, EventData, Subject, plain_json
from leitstelle.kernel.events.models import Event, EventQuerySet
from leitstelle.kernel.events.subscriptions import (
    current_cause,
    handling,
    subscribers_of,
)
from leitstelle.kernel.events.units import pending_events, unit
from leitstelle.kernel.kept import forget


@dataclass(frozen=True)
class PayloadErased(EventData):
    """Payloads of this subject's events were erased; the chain is whole without them."""

    code = "journal.payload_erased"

    seqs: tuple[int, ...]


def record(
    data: EventData,
    *,
    subject: Subject,
    actor: Actor,
    at: datetime,
    state: Mapping[str, Any] | None = None,
    context_ticket: int | None = None,
    restricted: bool = False,
    about: Any = None,
) -> Event:
    """Write one event and run its inline subscribers; returns the row, numbered when the unit ends.

    `about` is the object the recorder holds of the subject: inline subscribers that change the subject change this
    object, so that the recorder goes on with what is true. `at` is the effective time (aware), `state` what the subject
    looks like now (ids and codes only). Raises `RuntimeError` outside of a unit and `TypeError`/`ValueError` for a
    payload that does not belong in the journal.
    """
    pending = pending_events()
    event = make_event(
        data,
        subject=subject,
        actor=actor,
        at=at,
        state=state,
        context_ticket=context_ticket,
        restricted=restricted,
    )
    event.about = about
    event.save(force_insert=True)
    pending.append(event)
    forget((event.subject_kind,))
    for subscriber in subscribers_of(event.code, inline=True):
        with handling(event):
            subscriber.handler(event)
    return event


def make_event(
    data: EventData,
    *,
    subject: Subject,
    actor: Actor,
    at: datetime,
    state: Mapping[str, Any] | None = None,
    context_ticket: int | None = None,
    restricted: bool = False,
    recorded_at: datetime | None = None,
) -> Event:
    """Build the unsaved row of an event."""
    if timezone.is_naive(at):
        raise ValueError(f"{data.code}: `at` has no zone")
    cause = current_cause()
    stored = data.to_stored()
    salt = secrets.token_hex(16)
    return Event(
        subject_kind=subject.kind,
        subject_id=subject.id,
        code=data.code,
        version=data.version,
        data=stored,
        state=plain_json(state or {}, data.code),
        actor_kind=actor.kind,
        actor_id=actor.id,
        at=at,
        recorded_at=recorded_at or timezone.now(),
        context_ticket=context_ticket,
        restricted=restricted,
        cause_id=cause.event_id if cause else None,
        depth=cause.depth if cause else 0,
        salt=salt,
        payload_digest=chain.payload_digest(salt, stored),
    )


def events_for(subject: Subject) -> EventQuerySet:
    """Return the events of a subject in the order of its chain."""
    return Event.objects.of(subject)


@unit
def erase_payload(event_ids: Iterable[int], actor: Actor, *, now: datetime | None = None) -> int:
    """Erase payload and salt of these events for good; returns how many.

    The erasure is an event itself (`journal.payload_erased`), which tells it from tampering.
    Traces of erasures stay: asking for those is a `ValueError`.
    """
    now = now or timezone.now()
    events = Event.objects.filter(id__in=list(event_ids), erased_at=None).order_by("id")
    seqs: dict[Subject, list[int]] = defaultdict(list)
    for event in events:
        if event.code == PayloadErased.code or event.seq is None:
            raise ValueError(f"{event}: cannot be erased")
        seqs[event.subject].append(event.seq)
        Event.objects.filter(pk=event.pk).update(data={}, salt="", erased_at=now)
    for subject, erased in seqs.items():
        record(PayloadErased(tuple(sorted(erased))), subject=subject, actor=actor, at=now)
    return sum(map(len, seqs.values()))
