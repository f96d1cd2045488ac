"""Recording very many events at once: demo company, measurements, imports.

Same rows and same chain as `record`, a hundred times fewer statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.utils import timezone

from leitstelle.kernel.db import insert_ignore_many, load_rows, retry_transient, update_rows
from leitstelle.kernel.events import chain
from leitstelle.kernel.events.data import Actor, EventData, Subject
from leitstelle.kernel.events.journal import make_event
from leitstelle.kernel.events.models import Event, EventHead
from leitstelle.kernel.events.sealing import chain_up, notify
from leitstelle.kernel.events.units import unit

CHUNK = 2000

# Id and transaction id are the database's to give.
_COLUMNS = [field.attname for field in Event._meta.concrete_fields if field.attname not in {"id", "txid"}]
_values = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One event to be recorded; the arguments of `record`."""

    data: EventData
    subject: Subject
    actor: Actor
    at: datetime
    state: Mapping[str, Any] | None = None
    context_ticket: int | None = None
    restricted: bool = False


class HeadMoved(RuntimeError):
    """Somebody else recorded for the same subject during a bulk load; the chunk was rolled back."""


def bulk_record(items: Iterable[BulkItem], *, deliveries: bool = False, chunk: int = CHUNK) -> int:
    """Record events in chunks of one unit each; returns how many.

    Inline subscribers do not run: whoever loads in bulk writes their caches as well. Deliveries
    are written only if asked for. Raises `HeadMoved` where others keep writing to the same
    subjects; earlier chunks are committed then (inside a unit of the caller: nothing).
    """
    iterator, total = iter(items), 0
    while part := list(islice(iterator, chunk)):
        retry_transient(_record_chunk)(part, deliveries)
        total += len(part)
    return total


@unit
def _record_chunk(items: list[BulkItem], deliveries: bool) -> None:
    now = timezone.now()
    events = [
        make_event(
            item.data,
            subject=item.subject,
            actor=item.actor,
            at=item.at,
            state=item.state,
            context_ticket=item.context_ticket,
            restricted=item.restricted,
            recorded_at=now,
        )
        for item in items
    ]
    _chain(events)
    if deliveries:
        notify(Event.objects.bulk_create(events))
    else:
        load_rows(Event, _COLUMNS, map(_values, events))


def _chain(events: list[Event]) -> None:
    by_subject: dict[Subject, list[Event]] = defaultdict(list)
    for event in events:
        by_subject[event.subject].append(event)
    heads = _heads(by_subject)
    new, moved = [], []
    for subject in sorted(by_subject):
        seq, prev_hash = heads.get(subject, (0, chain.GENESIS))
        chain_up(by_subject[subject], seq, prev_hash)
        last = by_subject[subject][-1]
        if subject in heads:
            moved.append((last.seq, last.hash, subject.kind, subject.id, seq, prev_hash))
        else:
            row = {"subject_kind": subject.kind, "subject_id": subject.id, "seq": last.seq, "hash": last.hash}
            new.append(row)
    columns, where = ("seq", "hash"), ("subject_kind", "subject_id", "seq", "hash")
    if insert_ignore_many(EventHead, new) + update_rows(EventHead, columns, moved, where=where) != len(
        by_subject
    ):
        raise HeadMoved("another process writes to the same subjects")


def _heads(subjects: Iterable[Subject]) -> dict[Subject, tuple[int, str]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for subject in subjects:
        ids[subject.kind].append(subject.id)
    found = {}
    for kind, subject_ids in ids.items():
        rows = EventHead.objects.filter(subject_kind=kind, subject_id__in=subject_ids)
        for subject_id, seq, head_hash in rows.values_list("subject_id", "seq", "hash"):
            found[Subject(kind, subject_id)] = (seq, head_hash)
    return found
