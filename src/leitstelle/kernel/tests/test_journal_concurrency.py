"""Many writers at once, really committed: no fork of a chain, no gap, no deadlock, no lost event."""

import random
import threading
from functools import partial

import pytest
from django.db import connections, transaction

from leitstelle.kernel.db import retry_transient
from leitstelle.kernel.events import (
    BulkItem,
    Event,
    EventHead,
    Subject,
    bulk_record,
    events_for,
    record,
    unit,
    verify,
)
from leitstelle.kernel.tests.samples import ACTOR, NOON, Sampled, fork, in_threads, sample

pytestmark = pytest.mark.django_db(transaction=True)

THINGS = [Subject("thing", number) for number in range(1, 6)]


def write_many(seed: int, count: int) -> None:
    """Record `count` units about several subjects each, in any order."""
    rng = random.Random(seed)
    for number in range(count):
        write_unit(rng.sample(THINGS, 3), number)


@retry_transient
@unit
def write_unit(subjects: list[Subject], number: int) -> None:
    """One action that concerns several subjects."""
    for subject in subjects:
        record(Sampled(number), subject=subject, actor=ACTOR, at=NOON)


def test_threads_that_write_to_one_subject_make_one_chain() -> None:
    in_threads(*[lambda: [sample(number) for number in range(25)] for _ in range(4)])
    assert [event.seq for event in events_for(Subject("thing", 1))] == list(range(1, 101))
    assert verify().ok


def test_threads_that_write_to_many_subjects_crosswise_neither_lock_nor_fork() -> None:
    in_threads(*[partial(write_many, seed, 20) for seed in range(4)])
    assert (Event.objects.count(), verify().ok) == (4 * 20 * 3, True)


def test_processes_that_write_to_one_subject_make_one_chain() -> None:
    processes = [fork(partial(write_many, seed, 20)) for seed in range(3)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (Event.objects.count(), verify().ok) == (3 * 20 * 3, True)


def test_the_first_event_of_a_subject_may_come_from_several_at_once() -> None:
    for number in range(10, 20):
        in_threads(*[partial(sample, subject=Subject("fresh", number)) for _ in range(3)])
    assert sorted(EventHead.objects.values_list("seq", flat=True)) == [3] * 10
    assert verify().ok


def test_verifying_while_others_write_raises_no_false_alarm() -> None:
    reports = []
    stop = threading.Event()

    def write() -> None:
        write_many(1, 40)
        stop.set()

    def check() -> None:
        while not stop.is_set():
            reports.append(verify())

    in_threads(write, check)
    assert reports
    assert [str(problem) for report in reports for problem in report.problems] == []


def test_bulk_loading_beside_a_writer_keeps_the_chain() -> None:
    def load() -> None:
        for start in range(0, 60, 20):
            items = [
                BulkItem(Sampled(n), Subject("bulk", n % 4), ACTOR, NOON) for n in range(start, start + 20)
            ]
            bulk_record(items)

    in_threads(load, lambda: write_many(3, 20))
    assert (Event.objects.count(), verify().ok) == (120, True)


@pytest.mark.postgres
def test_a_waiting_transaction_chains_to_what_the_first_one_commits() -> None:
    inside, go = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            sample(1)  # its unit has moved the head, the transaction stays open
            inside.set()
            assert go.wait(10)

    def second() -> None:
        assert inside.wait(10)
        threading.Timer(0.1, go.set).start()
        sample(2)

    in_threads(first, second)
    assert [event.load(Sampled).number for event in events_for(Subject("thing", 1))] == [1, 2]
    assert verify().ok


@pytest.mark.postgres
def test_a_waiting_transaction_takes_the_place_of_one_that_rolls_back() -> None:
    inside, go = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            sample(1)
            inside.set()
            assert go.wait(10)
            transaction.set_rollback(True)

    def second() -> None:
        assert inside.wait(10)
        threading.Timer(0.1, go.set).start()
        sample(2)

    in_threads(first, second)
    assert [event.load(Sampled).number for event in events_for(Subject("thing", 1))] == [2]
    assert (EventHead.objects.get().seq, verify().ok) == (1, True)


def test_threads_have_units_of_their_own() -> None:
    """A unit belongs to its thread's connection: another thread is not inside of it."""
    errors: list[str] = []

    def other() -> None:
        try:
            record(Sampled(1), subject=THINGS[0], actor=ACTOR, at=NOON)
        except RuntimeError as error:
            errors.append(str(error))
        finally:
            connections.close_all()

    with unit():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert errors == ["record() outside of unit()"]
