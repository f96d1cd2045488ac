"""Rate limits: exact in one window, whoever counts, and forgotten afterwards."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leitstelle.kernel import limits
from leitstelle.kernel.limits.models import Counter
from leitstelle.kernel.tests.samples import NOON, fork, in_threads

MINUTE = timedelta(minutes=1)


def hit(key: str = "192.0.2.1", second: int = 0, limit: int = 3) -> bool:
    return limits.hit("sign-in", key, limit=limit, per=MINUTE, now=NOON + timedelta(seconds=second))


@pytest.mark.django_db
def test_up_to_the_limit_is_allowed_in_each_window() -> None:
    assert [hit(second=second) for second in (0, 1, 2, 3, 59, 60)] == [True, True, True, False, False, True]


@pytest.mark.django_db
def test_keys_and_buckets_count_for_themselves() -> None:
    assert [hit(limit=1), hit(limit=1), hit("192.0.2.2", limit=1)] == [True, False, True]
    assert limits.hit("reset", "192.0.2.1", limit=1, per=MINUTE, now=NOON)


@pytest.mark.django_db
def test_a_limit_of_nothing_allows_nothing() -> None:
    assert not hit(limit=0)


@pytest.mark.django_db
def test_the_key_itself_is_not_kept() -> None:
    hit("erika@example.org")
    assert "erika" not in str(Counter.objects.values().get())


@pytest.mark.django_db
def test_check_says_how_long_to_wait() -> None:
    limits.check("x", "y", limit=1, per=MINUTE, now=NOON)
    with pytest.raises(limits.TooMany) as caught:
        limits.check("x", "y", limit=1, per=MINUTE, now=NOON + timedelta(seconds=18, milliseconds=500))
    assert (caught.value.status, caught.value.params) == (429, {"retry_after": 42})


@pytest.mark.django_db
def test_counters_of_past_windows_are_pruned() -> None:
    hit()
    assert limits.prune(NOON + timedelta(seconds=60)) == 0
    assert limits.prune(NOON + timedelta(seconds=61)) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_and_processes_share_one_limit() -> None:
    allowed: list[bool] = []
    in_threads(*[lambda: allowed.extend(hit(limit=20) for _ in range(8)) for _ in range(4)])
    assert sum(allowed) == 20
    processes = [fork(lambda: [hit("other", limit=7) for _ in range(5)]) for _ in range(3)]
    for process in processes:
        process.join(30)
    assert Counter.objects.latest("pk").count == 7
    assert not hit("other", limit=7)


@pytest.mark.django_db
@given(seconds=st.lists(st.integers(0, 300), max_size=30), limit=st.integers(1, 5))
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_window_lets_more_through_than_its_limit(seconds: list[int], limit: int) -> None:
    Counter.objects.all().delete()
    let_through = [second for second in sorted(seconds) if hit(second=second, limit=limit)]
    for window in range(6):
        inside = [second for second in seconds if second // 60 == window]
        assert len([s for s in let_through if s // 60 == window]) == min(limit, len(inside))
