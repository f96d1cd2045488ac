"""Cursors over the journal: nothing skipped, nothing twice, whatever order transactions commit in."""

import random
import threading
import time
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from leitstelle.kernel.db import snapshot_xmin
from leitstelle.kernel.events import Event, Subject, erase_payload, unit
from leitstelle.kernel.tests.samples import ACTOR, Sampled, fork, in_threads, sample
from leitstelle.kernel.work import (
    LostClaim,
    Position,
    cursors,
    drain,
    events_after,
    follow_journal,
    journal_end,
    move_cursor,
    projection,
)

# Patience: a transaction in any database of the cluster, as other test processes have, holds up a cursor.
SINCE = 240.0


def read_until(name: str, count: int, batch: int = 7) -> list[int]:
    """Follow the journal until `count` events came; other databases of a cluster may hold it up."""
    seen: list[int] = []
    deadline = time.monotonic() + SINCE
    while len(seen) < count and time.monotonic() < deadline:
        events = follow_journal(name, batch)
        seen += [event.pk for event in events]
        events.commit()
        if not events:
            time.sleep(0.01)
    return seen


@pytest.mark.django_db
def test_a_cursor_reads_in_batches_and_goes_on_where_it_was_committed() -> None:
    ids = [sample(number).pk for number in range(5)]
    first = follow_journal("test", 2)
    assert [event.pk for event in first] == ids[:2]
    assert [event.pk for event in follow_journal("test", 2)] == ids[:2]
    first.commit()
    rest = follow_journal("test", 10)
    assert [event.pk for event in rest] == ids[2:]
    rest.commit()
    assert list(follow_journal("test")) == []
    follow_journal("test").commit()
    assert cursors.lag("test") == 0


@pytest.mark.django_db
def test_of_two_that_read_the_same_batch_one_commits() -> None:
    sample()
    one, other = follow_journal("test"), follow_journal("test")
    one.commit()
    with pytest.raises(LostClaim):
        other.commit()


@pytest.mark.django_db
def test_cursors_of_different_names_are_independent() -> None:
    event = sample()
    follow_journal("test").commit()
    assert [e.pk for e in follow_journal("other")] == [event.pk]
    move_cursor("test", Position())
    assert [e.pk for e in follow_journal("test")] == [event.pk]


@pytest.mark.django_db
def test_an_erased_event_keeps_its_place() -> None:
    event = sample()
    erase_payload([event.pk], ACTOR)
    batch = follow_journal("test")
    assert [e.is_erased for e in batch] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_from_the_end_only_what_is_new_is_read() -> None:
    sample(1)
    position = journal_end()
    event = sample(2)
    deadline = time.monotonic() + SINCE
    found: list[Event] = []
    while not found and time.monotonic() < deadline:
        found = events_after(position)
    # On PostgreSQL an older event may come along while other transactions run.
    assert event.pk in [e.pk for e in found]


@pytest.mark.django_db
def test_a_projection_moves_with_its_cursor_or_not_at_all() -> None:
    taken: list[int] = []
    failing = True

    def project(events: list[Event]) -> None:
        if failing:
            raise KeyError
        taken.extend(event.load(Sampled).number for event in events)

    projection("test.projection", batch=2)(project)
    try:
        for number in range(5):
            sample(number)
        with pytest.raises(KeyError):
            drain()
        assert cursors.lag("test.projection") == 5
        failing = False
        drain()
    finally:
        cursors.drop_projection("test.projection")
    assert taken == [0, 1, 2, 3, 4]
    assert cursors.lag("test.projection") == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_cursor_stops_before_the_oldest_open_transaction() -> None:
    opened, go = threading.Event(), threading.Event()
    pks: dict[str, int] = {}

    def slow() -> None:
        with transaction.atomic():
            pks["slow"] = sample(1, subject=Subject("thing", 1)).pk
            opened.set()
            assert go.wait(20)

    def quick() -> None:
        assert opened.wait(20)
        pks["quick"] = sample(2, subject=Subject("thing", 2)).pk
        # Committed, visible, but behind an open transaction with a smaller id.
        assert Event.objects.filter(pk=pks["quick"]).exists()
        assert list(follow_journal("test")) == []
        go.set()

    in_threads(slow, quick)
    assert pks["slow"] < pks["quick"]
    assert read_until("test", 2) == [pks["slow"], pks["quick"]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_late_insert_of_an_early_transaction_is_not_skipped() -> None:
    """The row gets a greater id but belongs to the older transaction: it comes first."""
    opened, go = threading.Event(), threading.Event()
    pks: dict[str, int] = {}

    def early() -> None:
        with transaction.atomic():
            move_cursor("unrelated", Position())  # the transaction has its id now, and no event
            opened.set()
            assert go.wait(20)
            pks["early"] = sample(1, subject=Subject("thing", 1)).pk

    def late() -> None:
        assert opened.wait(20)
        pks["late"] = sample(2, subject=Subject("thing", 2)).pk
        go.set()

    in_threads(early, late)
    assert pks["late"] < pks["early"]
    assert read_until("test", 2) == [pks["early"], pks["late"]]


@pytest.mark.django_db(transaction=True)
def test_a_reader_beside_many_writers_sees_each_event_once() -> None:
    seen: list[int] = []

    def writer(seed: int) -> None:
        rng = random.Random(seed)
        for number in range(15):
            with suppress(KeyError), transaction.atomic():
                sample(number, subject=Subject("thing", rng.randrange(1000 * seed, 1000 * seed + 999)))
                time.sleep(rng.random() / 200)
                if rng.random() < 0.2:
                    raise KeyError

    def reader() -> None:
        deadline = time.monotonic() + SINCE
        while not done.is_set() and time.monotonic() < deadline:
            seen.extend(read_until_empty("test"))

    done = threading.Event()
    watcher = threading.Thread(target=reader)
    watcher.start()
    in_threads(*[partial(writer, seed) for seed in range(1, 5)])
    done.set()
    watcher.join()
    everything = set(Event.objects.values_list("pk", flat=True))
    seen += read_until("test", len(everything) - len(seen))
    assert len(seen) == len(set(seen))
    assert set(seen) == everything


def read_until_empty(name: str) -> list[int]:
    seen = []
    while batch := follow_journal(name, 5):
        seen += [event.pk for event in batch]
        batch.commit()
    return seen


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_advance_one_projection_take_each_event_once() -> None:
    """The projection writes an event per event it sees: exactly as many must be there."""

    def project(events: list[Event]) -> None:
        for event in events:
            if event.subject_kind == "thing":
                sample(event.load(Sampled).number, subject=Subject("copy", event.pk))

    def advance_all() -> None:
        deadline = time.monotonic() + SINCE
        while cursors.lag("test.copies") and time.monotonic() < deadline:
            with suppress(LostClaim):
                cursors.advance(item)

    projection("test.copies", batch=3)(project)
    try:
        (item,) = [item for item in cursors.projections() if item.name == "test.copies"]
        originals = [sample(number).pk for number in range(20)]
        processes = [fork(advance_all) for _ in range(2)]
        for process in processes:
            process.join(60)
    finally:
        cursors.drop_projection("test.copies")
    copies = Event.objects.filter(subject_kind="copy").values_list("subject_id", "seq")
    assert sorted(copies) == [(pk, 1) for pk in originals]


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_into_another_cluster_cursors_go_on() -> None:
    ids = [sample(number).pk for number in range(4)]
    assert read_until("test", 4) == ids
    fifth = sample(5).pk
    # The rows of another cluster have transaction ids that this one reaches in the far future.
    if snapshot_xmin() > 1:
        Event.objects.filter(pk=fifth).update(txid=2**40)
        assert list(follow_journal("test")) == []
    cursors.forget_transactions(timezone.now())
    assert [event.pk for event in follow_journal("test")] == [fifth]


@pytest.mark.django_db
def test_the_transaction_id_is_written_by_the_database() -> None:
    with unit():
        first, second = sample(1), sample(2)
    txids = set(Event.objects.filter(pk__in=[first.pk, second.pk]).values_list("txid", flat=True))
    assert len(txids) == 1
    assert (txids.pop() > 0) is (snapshot_xmin() > 1)
