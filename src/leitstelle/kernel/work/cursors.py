"""Cursors: projections that follow the journal by position instead of one delivery per event.

The order is (transaction id, event id), see `kernel.db.expressions`: no event is skipped, none
comes twice; events of one subject may come in another order than their `seq` when transactions
overlapped, so a projection reads the rows as they are now and never counts on the order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from leitstelle.kernel.db import SnapshotXmin, in_test_transaction, insert_ignore, is_postgres, snapshot_xmin
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.events.units import unit
from leitstelle.kernel.work.errors import LostClaim
from leitstelle.kernel.work.models import CursorRow

BATCH = 500
_MAX_ID = 2**63 - 1


@dataclass(frozen=True, order=True)
class Position:
    """A place in the journal: everything up to and with it has been read."""

    txid: int = 0
    event_id: int = 0


class Batch(list[Event]):
    """Events behind a cursor's position; `commit()` moves the cursor past them."""

    def __init__(self, name: str, start: Position, events: Iterable[Event]) -> None:
        super().__init__(events)
        self.name, self.start = name, start

    def commit(self) -> None:
        """Move the cursor; best in the unit that wrote the projection.

        Raises `LostClaim` where another process moved it meanwhile; its transaction rolls back.
        """
        if not self:
            return
        end = position_of(self[-1])
        moved = CursorRow.objects.filter(
            name=self.name, txid=self.start.txid, event_id=self.start.event_id
        ).update(txid=end.txid, event_id=end.event_id, moved_at=timezone.now())
        if moved != 1:
            raise LostClaim(f"cursor {self.name}")


def position_of(event: Event) -> Position:
    """Return the place of an event that was read from the database."""
    return Position(event.txid, event.pk)


def events_after(position: Position, limit: int = BATCH) -> list[Event]:
    """Return up to `limit` events behind `position` that no running transaction can precede."""
    # Two ranges of one index instead of an OR, which PostgreSQL would answer by scanning.
    same = _finished().filter(txid=position.txid, id__gt=position.event_id).order_by("id")
    events = list(same[:limit])
    if is_postgres() and len(events) < limit:
        later = _finished().filter(txid__gt=position.txid).order_by("txid", "id")
        events += later[: limit - len(events)]
    return events


def _finished() -> "QuerySet[Event]":
    events = Event.objects.all()
    if not is_postgres() or in_test_transaction():
        return events
    return events.filter(txid__lt=SnapshotXmin())


def journal_end() -> Position:
    """Return the position from which only what is yet to come is read (live pages)."""
    if is_postgres():
        return Position(snapshot_xmin() - 1, _MAX_ID)
    return Position(0, Event.objects.aggregate(end=Max("id"))["end"] or 0)


def follow_journal(name: str, batch: int = BATCH) -> Batch:
    """Return the next events for the cursor `name` (begins at the start of the journal)."""
    row = CursorRow.objects.filter(name=name).first()
    if row is None:
        insert_ignore(CursorRow, {"name": name})
        row = CursorRow.objects.get(name=name)
    start = Position(row.txid, row.event_id)
    return Batch(name, start, events_after(start, batch))


def move_cursor(name: str, position: Position) -> None:
    """Put a cursor somewhere by force: to the start for a rebuild, to the end after a bulk load."""
    CursorRow.objects.update_or_create(
        name=name, defaults={"txid": position.txid, "event_id": position.event_id, "moved_at": timezone.now()}
    )


Projector = Callable[[list[Event]], None]
P = TypeVar("P", bound=Projector)


@dataclass(frozen=True)
class Projection:
    """A registered follower of the journal."""

    name: str
    project: Projector
    batch: int


_projections: dict[str, Projection] = {}


def projection(name: str, *, batch: int = BATCH) -> Callable[[P], P]:
    """Register `f(events)`, run by the worker in one unit with the move of its cursor."""

    def register(project: P) -> P:
        if name in _projections:
            raise ValueError(f"projection {name!r} exists")
        _projections[name] = Projection(name, project, batch)
        return project

    return register


def drop_projection(name: str) -> None:
    """Forget a projection; for tests that bring their own."""
    _projections.pop(name, None)


def projections() -> list[Projection]:
    """Return all registered projections by name."""
    return [_projections[name] for name in sorted(_projections)]


def advance(item: Projection) -> int:
    """Let one projection take its next batch; returns how many events it took."""
    if not follow_journal(item.name, 1):
        # Seen without a transaction: on SQLite one would take the write lock just to look.
        return 0
    with unit():
        batch = follow_journal(item.name, item.batch)
        if batch:
            item.project(list(batch))
            batch.commit()
    return len(batch)


def lag(name: str) -> int:
    """Return how many events the cursor is behind the end (exact, so for doctor and tests)."""
    return _behind(CursorRow.objects.filter(name=name).first() or CursorRow(name=name)).count()


def _behind(row: CursorRow) -> "QuerySet[Event]":
    return Event.objects.filter(Q(txid=row.txid, id__gt=row.event_id) | Q(txid__gt=row.txid))


def forget_transactions(now: datetime) -> None:
    """Set every event's transaction id to 0, after a restore, with nobody else writing.

    Transaction ids belong to one PostgreSQL cluster: rows restored into another may lie in its
    future and would stop every cursor. No cursor skips by this; one may see events twice.
    """
    with unit():
        end = Event.objects.aggregate(end=Max("id"))["end"] or 0
        for row in CursorRow.objects.all():
            unread = _behind(row).aggregate(first=Min("id"))["first"]
            place = end if unread is None else unread - 1
            CursorRow.objects.filter(pk=row.pk).update(txid=0, event_id=place, moved_at=now)
        Event.objects.exclude(txid=0).update(txid=0)
