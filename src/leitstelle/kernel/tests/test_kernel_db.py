"""What differs between the databases: conditional inserts and updates, errors worth another try."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from leitstelle.kernel.db import (
    insert_ignore,
    insert_ignore_many,
    is_postgres,
    is_transient,
    load_rows,
    retry_transient,
    snapshot_xmin,
    sqlite_problems,
    update_rows,
)
from leitstelle.kernel.limits.models import Counter
from leitstelle.kernel.tests.samples import NOON, in_threads
from leitstelle.kernel.work import ScheduleRow

LOCKED = OperationalError("database is locked")


def row(bucket: str, count: int = 1) -> dict[str, object]:
    return {
        "bucket": bucket,
        "key": "k",
        "window_start": NOON,
        "window_end": NOON + timedelta(minutes=1),
        "count": count,
    }


@pytest.mark.django_db
def test_an_insert_says_whether_the_row_was_new() -> None:
    assert insert_ignore(Counter, row("a", 1))
    assert not insert_ignore(Counter, row("a", 2))
    assert Counter.objects.get().count == 1
    assert insert_ignore_many(Counter, [row("a"), row("b"), row("c")]) == 2
    assert insert_ignore_many(Counter, []) == 0


@pytest.mark.django_db
def test_defaults_are_filled_in_and_keys_of_their_own_are_kept() -> None:
    insert_ignore(ScheduleRow, {"name": "x", "next_due": NOON})
    found = ScheduleRow.objects.get(pk="x")
    assert (found.state, found.next_due, found.fence, found.last_run) == ("idle", NOON, 0, None)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_insert_the_same_row_one_does() -> None:
    results: list[bool] = []
    in_threads(*[lambda: results.append(insert_ignore(Counter, row("same")))] * 4)
    assert sorted(results) == [False, False, False, True]


@pytest.mark.django_db
def test_many_rows_are_updated_under_a_condition() -> None:
    insert_ignore_many(Counter, [row("a", 1), row("b", 2), row("c", 3)])
    changed = update_rows(
        Counter, ("count",), [(10, "a", 1), (20, "b", 99), (30, "c", 3)], where=("bucket", "count")
    )
    assert changed == 2
    assert dict(Counter.objects.values_list("bucket", "count")) == {"a": 10, "b": 2, "c": 30}
    pk = Counter.objects.get(bucket="b").pk
    assert update_rows(Counter, ("bucket", "count"), [("z", 5, pk)]) == 1
    assert update_rows(Counter, ("count",), []) == 0


@pytest.mark.django_db
def test_very_many_rows_are_loaded_the_short_way() -> None:
    names = ("name", "state", "next_due", "last_seconds", "last_error", "failures", "claimed_by", "fence")
    load_rows(ScheduleRow, names, ((f"n{n}", "idle", NOON, n / 3, 'ä\t"\n\\N', n, "", n) for n in range(500)))
    assert ScheduleRow.objects.count() == 500
    found = ScheduleRow.objects.get(pk="n2")
    assert (found.next_due, found.last_error, found.claimed_until) == (NOON, 'ä\t"\n\\N', None)
    assert found.last_seconds == pytest.approx(2 / 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        load_rows(ScheduleRow, names, [("n2", "idle", NOON, 0.0, "", 0, "", 0)])


@pytest.mark.django_db
def test_a_broken_row_is_an_error_and_not_passed_over() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_ignore(Counter, {**row("a"), "key": None})


def test_transient_errors_are_told_from_lasting_ones() -> None:
    assert is_transient(LOCKED)
    assert not is_transient(IntegrityError("UNIQUE constraint failed"))
    assert not is_transient(ValueError("database is locked"))


def test_a_transaction_is_repeated_until_it_gets_through() -> None:
    calls: list[int] = []

    def act(number: int) -> int:
        calls.append(number)
        if len(calls) < 3:
            raise LOCKED
        return number * 2

    assert retry_transient(act, pause=0.001)(4) == 8
    assert calls == [4, 4, 4]


@pytest.mark.parametrize(("error", "tries"), [(LOCKED, 4), (IntegrityError("no"), 1), (KeyError("no"), 1)])
def test_it_gives_up_in_the_end_and_at_once_where_another_try_makes_no_sense(
    error: Exception, tries: int
) -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        retry_transient(act, pause=0.001)()
    assert len(calls) == tries


@pytest.mark.django_db
def test_inside_a_transaction_only_the_outermost_may_repeat() -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise LOCKED

    with transaction.atomic(), pytest.raises(DatabaseError):
        retry_transient(act, pause=0.001)()
    assert len(calls) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_real_deadlock_is_transient_and_both_get_through() -> None:
    insert_ignore_many(Counter, [row("a", 0), row("b", 0)])

    def cross(order: tuple[str, str]) -> None:
        @retry_transient
        @transaction.atomic
        def act() -> None:
            for bucket in order:
                Counter.objects.filter(bucket=bucket).update(count=F("count") + 1)
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL deadlock_timeout = '50ms'")
                    cursor.execute("SELECT pg_sleep(0.1)")

        act()

    in_threads(lambda: cross(("a", "b")), lambda: cross(("b", "a")))
    assert list(Counter.objects.values_list("count", flat=True)) == [2, 2]


@pytest.mark.django_db
def test_sqlite_is_set_up_so_that_nothing_accepted_is_lost() -> None:
    # Tests switch off waiting for the disk; everything else is as in production.
    expected = [] if is_postgres() else ["PRAGMA synchronous is 0, should be 2"]
    assert sqlite_problems() == expected


@pytest.mark.django_db
def test_the_oldest_transaction_is_known() -> None:
    assert snapshot_xmin() >= 1
    assert (snapshot_xmin() > 1) is is_postgres()
