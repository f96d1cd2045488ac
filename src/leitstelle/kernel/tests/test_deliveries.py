"""Deliveries: order per subject, retries, giving up, replay, claims that run out, automation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.kernel.events import Event, EventData, Subject, erase_payload, record, unit, unsubscribe
from leitstelle.kernel.tests.samples import ACTOR, NOON, Echoed, Sampled, in_threads, sample, subscribed
from leitstelle.kernel.work import Delivery, GiveUp, RetryLater, deliveries, drain, retry_failed, run_due
from leitstelle.kernel.work.rules import LONGEST_PAUSE, back_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """A moment at which what was just recorded is due, on a busy machine too."""
    return timezone.now() + timedelta(minutes=1)


class Recorder:
    """A handler that notes what it got, and fails as often as told."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.seen: list[tuple[int, int | None]] = []
        self.failures, self.error = failures, error or KeyError("broken")

    def __call__(self, event: Event) -> None:
        self.seen.append((event.subject_id, event.seq))
        if self.failures:
            self.failures -= 1
            raise self.error


@pytest.fixture
def no_subscriber_left() -> Iterator[None]:
    yield
    unsubscribe("test.handler")


def test_a_delivery_runs_once(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        sample()
        assert run_due(now) == 1
        assert run_due(now) == 0
    row = Delivery.objects.get()
    assert (handler.seen, row.state, row.attempts) == ([(1, 1)], "done", 1)
    assert row.finished_at is not None


def test_one_round_takes_one_event_per_subject_in_the_order_of_the_chain(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        for number in range(3):
            sample(number, subject=Subject("thing", 1))
            sample(number, subject=Subject("thing", 2))
        assert run_due(now) == 2
        assert handler.seen == [(1, 1), (2, 1)]
        drain()
    assert handler.seen == [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3)]


def test_what_follows_waits_while_an_earlier_one_is_tried_again(now: datetime) -> None:
    with subscribed(handler := Recorder(failures=1)):
        sample(1)
        sample(2)
        sample(3, subject=Subject("thing", 2))
        run_due(now)
        assert run_due(now) == 0
        assert handler.seen == [(1, 1), (2, 1)]
        drain(now + timedelta(seconds=10))
    assert handler.seen == [(1, 1), (2, 1), (1, 1), (1, 2)]


def test_subscribers_do_not_wait_for_each_other(now: datetime) -> None:
    stuck, other = Recorder(failures=9), Recorder()
    with subscribed(stuck, name="test.stuck"), subscribed(other, name="test.other"):
        sample(1)
        sample(2)
        for _ in range(3):
            run_due(now)
    assert (stuck.seen, other.seen) == ([(1, 1)], [(1, 1), (1, 2)])


def test_failures_are_tried_again_with_growing_pauses_and_kept_in_the_end(now: datetime) -> None:
    pauses = []
    with subscribed(handler := Recorder(failures=99), attempts=4):
        sample()
        for _ in range(3):
            run_due(now)
            row = Delivery.objects.get()
            assert (row.state, row.last_error) == ("ready", "KeyError: 'broken'")
            pauses.append((row.next_try - now).total_seconds())
            assert run_due(row.next_try - timedelta(milliseconds=1)) == 0
            now = row.next_try
        run_due(now)
        row.refresh_from_db()
        assert (row.state, row.attempts, len(handler.seen)) == ("failed", 4, 4)
        assert run_due(now + timedelta(days=1)) == 0
        assert 3 < pauses[0] < 7 < 11 < pauses[1] < 19 < 33 < pauses[2] < 57

        handler.failures = 0
        assert retry_failed(now, subscriber="test.nobody") == 0
        assert retry_failed(now) == 1
        assert run_due(now) == 1
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("done", 1)


def test_the_command_shows_failures_and_tries_them_again(now: datetime) -> None:
    def say(*words: str) -> str:
        out = StringIO()
        call_command("deliveries", *words, stdout=out)
        return out.getvalue()

    with subscribed(Recorder(failures=1, error=GiveUp("no such mailbox"))):
        sample()
        sample(subject=Subject("thing", 2))
        run_due(now, 1)
    row = Delivery.objects.get(state="failed")
    assert say() == (
        f"1 failed\n1 ready\n{row.pk}  test.handler <- thing:1/1 (failed)  1 attempts: GiveUp: no such mailbox\n"
    )
    assert say("--retry", "--id", str(row.pk + 99)) == "0 deliveries are ready again\n"
    assert say("--retry", "--subscriber", "test.handler") == "1 deliveries are ready again\n"
    assert say("--subscriber", "test.nobody") == ""


def test_a_failure_for_good_lets_the_next_one_through(now: datetime) -> None:
    with subscribed(handler := Recorder(failures=1, error=GiveUp("no such mailbox"))):
        sample(1)
        sample(2)
        drain()
    assert handler.seen == [(1, 1), (1, 2)]
    first, second = Delivery.objects.order_by("seq")
    assert (first.state, first.last_error, second.state) == ("failed", "GiveUp: no such mailbox", "done")


def test_retry_later_waits_as_told_and_costs_no_attempt(now: datetime) -> None:
    with subscribed(handler := Recorder(failures=20, error=RetryLater(90, "busy")), attempts=2):
        sample()
        for _ in range(20):
            assert run_due(now) == 1
            row = Delivery.objects.get()
            assert (row.state, row.attempts, row.next_try) == ("ready", 0, now + timedelta(seconds=90))
            now = row.next_try
        run_due(now)
    assert (len(handler.seen), Delivery.objects.get().state) == (21, "done")


def test_what_a_failing_handler_wrote_is_rolled_back(now: datetime) -> None:
    def handler(event: Event) -> None:
        record(Echoed(1), subject=event.subject, actor=ACTOR, at=NOON)
        raise KeyError

    with subscribed(handler):
        sample()
        run_due(now)
    assert not Event.objects.filter(code="test.echoed").exists()


def test_drain_raises_what_a_handler_did_not_expect_unless_told_otherwise() -> None:
    with subscribed(Recorder(failures=2)):
        sample()
        with pytest.raises(KeyError):
            drain()
        assert drain(timezone.now() + timedelta(minutes=1), strict=False) == 1


def test_drain_does_not_run_in_circles() -> None:
    def echo(event: Event) -> None:
        record(Echoed(1), subject=event.subject, actor=ACTOR, at=NOON)

    with subscribed(echo, Sampled, Echoed):
        sample()
        with pytest.raises(RuntimeError, match="still work"):
            drain(max_rounds=5)


def test_automation_that_causes_itself_stops_at_depth_three(caplog: pytest.LogCaptureFixture) -> None:
    def echo(event: Event) -> None:
        record(Echoed(event.depth), subject=event.subject, actor=ACTOR, at=NOON)

    with subscribed(echo, Sampled, Echoed, automation=True):
        first = sample()
        drain()
    chain = list(Event.objects.order_by("seq"))
    assert [(event.code, event.depth) for event in chain] == [
        ("test.sampled", 0),
        ("test.echoed", 1),
        ("test.echoed", 2),
        ("test.echoed", 3),
    ]
    assert [event.cause_id for event in chain] == [None, *(event.pk for event in chain[:3])]
    assert chain[0].pk == first.pk
    assert "automation caused itself 3 times" in caplog.text


def test_a_network_handler_runs_outside_of_any_transaction(now: datetime) -> None:
    inside: list[int] = []

    def handler(event: Event) -> None:
        blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        inside.append(len(blocks))

    with subscribed(handler, network=True):
        sample()
        run_due(now)
    with subscribed(handler):
        sample()
        run_due(now)
    assert inside[0] == 0
    assert inside[1] > 0


def test_an_inline_subscriber_may_not_want_the_network() -> None:
    with (
        pytest.raises(ValueError, match="network"),
        subscribed(lambda event: None, network=True, inline=True),
    ):
        pass


def test_an_erased_payload_ends_a_delivery_that_needs_it(now: datetime) -> None:
    def handler(event: Event) -> None:
        event.load()

    with subscribed(handler):
        event = sample()
        erase_payload([event.pk], ACTOR)
        run_due(now)
    assert "PayloadGone" in Delivery.objects.get().last_error


def test_a_delivery_of_a_subscriber_that_is_gone_fails_visibly(now: datetime) -> None:
    with subscribed(lambda event: None):
        sample()
    run_due(now)
    row = Delivery.objects.get()
    assert (row.state, row.last_error) == ("failed", "no subscriber of this name is installed")


def test_a_claim_that_ran_out_is_freed_and_its_late_owner_changes_nothing(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        sample()
        (slow,) = deliveries.claim("elsewhere:1:slow", now, 5)
        assert deliveries.free_abandoned(now + timedelta(seconds=59)) == 0
        later = now + timedelta(seconds=61)
        assert deliveries.free_abandoned(later) == 1
        (quick,) = deliveries.claim("elsewhere:1:quick", later, 5)
        assert deliveries.run(slow, later) is False
        assert handler.seen == []
        assert deliveries.run(quick, later) is True
        assert deliveries.run(slow, later) is False
    assert (len(handler.seen), Delivery.objects.get().claimed_by) == (1, "elsewhere:1:quick")


def test_a_worker_overtaken_in_the_middle_rolls_back_what_it_did(now: datetime) -> None:
    def handler(event: Event) -> None:
        # Meanwhile the claim ran out and somebody else took the row over.
        Delivery.objects.update(claimed_by="elsewhere:1:other")
        record(Echoed(1), subject=event.subject, actor=ACTOR, at=NOON)

    with subscribed(handler):
        sample()
        run_due(now)
    assert not Event.objects.filter(code="test.echoed").exists()
    assert Delivery.objects.get().state == "running"


def test_what_was_claimed_is_given_back_at_a_stop(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        for number in range(5):
            sample(number, subject=Subject("thing", number))
        assert run_due(now, stopping=lambda: len(handler.seen) >= 2) == 2
    states = list(Delivery.objects.order_by("id").values_list("state", "attempts", "claimed_by"))
    assert [state for state, _, _ in states] == ["done", "done", "ready", "ready", "ready"]
    assert states[2:] == [("ready", 0, "")] * 3


def test_a_delivery_that_kills_its_workers_fails_for_good(now: datetime) -> None:
    with subscribed(lambda event: None, attempts=2):
        sample()
        for state in ("ready", "failed"):
            (row,) = deliveries.claim("elsewhere:1:x", now, 1)
            Delivery.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)  # it began, then died
            now += timedelta(minutes=2)
            assert deliveries.free_abandoned(now) == 1
            assert Delivery.objects.get().state == state


def test_what_was_at_work_when_workers_died_waits_longer_each_time(now: datetime) -> None:
    """A worker that dies soon after each start must not use up the attempts of whatever comes first."""
    with subscribed(lambda event: None, attempts=8):
        sample()
        pauses = []
        for _ in range(7):
            (row,) = deliveries.claim("elsewhere:1:x", now, 1)
            Delivery.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)  # it began, then died
            now += timedelta(minutes=2)
            deliveries.free_abandoned(now)
            pauses.append(Delivery.objects.get().next_try - now)
            now = max(now, Delivery.objects.get().next_try)
    assert pauses[:2] == [timedelta(0)] * 2
    assert timedelta(seconds=3) < pauses[2] < pauses[3] < pauses[4] < pauses[5] < pauses[6]
    assert sum(pauses, timedelta(0)) > timedelta(minutes=7)


def test_finished_rows_are_pruned_after_a_week_and_failed_ones_stay(now: datetime) -> None:
    handler = Recorder(failures=1, error=GiveUp("never"))
    with subscribed(handler):
        for number in range(3):
            sample(number)
        drain()
    assert deliveries.prune(now + timedelta(days=6, hours=23), batch=1) == 0
    assert deliveries.prune(now + timedelta(days=7, minutes=1), batch=1) == 2
    assert [row.state for row in Delivery.objects.all()] == ["failed"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_run_the_same_delivery(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        for number in range(40):
            sample(number, subject=Subject("thing", number))

        def work() -> None:
            while run_due(now, 3):
                pass

        in_threads(work, work, work)
    assert sorted(handler.seen) == [(number, 1) for number in range(40)]


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_keep_the_order_of_each_subject(now: datetime) -> None:
    with subscribed(handler := Recorder()):
        with unit():
            for number in range(30):
                record(Sampled(number), subject=Subject("thing", number % 3), actor=ACTOR, at=NOON)

        def work() -> None:
            while Delivery.objects.exclude(state="done").exists():
                run_due(now, 3)

        in_threads(work, work)
    for subject_id in range(3):
        assert [seq for subject, seq in handler.seen if subject == subject_id] == list(range(1, 11))


@pytest.mark.django_db(transaction=True)
def test_an_event_rolled_back_leaves_no_delivery() -> None:
    def act() -> None:
        with transaction.atomic():
            sample()
            raise KeyError

    with subscribed(lambda event: None), pytest.raises(KeyError):
        act()
    assert not Delivery.objects.exists()


def test_everything_can_be_subscribed_to(now: datetime) -> None:
    with subscribed(handler := Recorder(), EventData):
        with unit():
            record(Echoed(1), subject=Subject("thing", 4), actor=ACTOR, at=NOON)
        drain()
    assert handler.seen == [(4, 1)]


@given(st.integers(1, 500), st.floats(0, 1))
def test_pauses_grow_within_bounds(attempt: int, jitter: float) -> None:
    pause, after = back_off(attempt, jitter), back_off(attempt + 1, jitter)
    assert timedelta(seconds=3.75) <= pause <= after <= LONGEST_PAUSE * 1.25
