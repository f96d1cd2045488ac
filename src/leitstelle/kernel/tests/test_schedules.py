"""Schedules and the clock: when something is due, who makes it so, and only once."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.kernel.tests.samples import NOON, in_threads
from leitstelle.kernel.work import ClockLease, ScheduleRow, lease, running, schedule, schedules, unschedule
from leitstelle.kernel.work.rules import Rhythm
from leitstelle.kernel.work.worker import Clock

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


class Job:
    """A schedule that notes when it ran."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []
        self.error: Exception | None = None

    def __call__(self, now: datetime) -> None:
        self.runs.append(now)
        if self.error:
            raise self.error


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    """One schedule, every hour, and no other."""
    monkeypatch.setattr(schedules, "_schedules", {})
    return schedule("test.hourly", every=HOUR)(Job())


def tick(now: datetime, fence: int = 1) -> list[str]:
    """What clock and worker do at one moment."""
    schedules.make_rows(now)
    made = schedules.make_ready(now, fence)
    running.run_schedules(now)
    return made


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T12:00:00+00:00", "2026-03-03T02:10:00+00:00"),  # 03:10 in winter
        ("2026-07-01T01:09:59+00:00", "2026-07-01T01:10:00+00:00"),  # 03:10 in summer
        ("2026-07-01T01:10:00+00:00", "2026-07-02T01:10:00+00:00"),  # strictly after
        ("2026-10-24T12:00:00+00:00", "2026-10-25T02:10:00+00:00"),  # after the clocks went back
    ],
)
def test_daily_means_the_wall_time_of_the_house(now: str, expected: str) -> None:
    rhythm = Rhythm(daily_at="03:10", zone="Europe/Berlin")
    assert rhythm.next(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    wall=st.times().map(lambda t: f"{t:%H:%M}"),
    zone=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC"]),
)
def test_the_next_moment_is_after_now_within_a_day_and_at_the_wall_time(
    now: datetime, wall: str, zone: str
) -> None:
    moment = Rhythm(daily_at=wall, zone=zone).next(now)
    assert now < moment <= now + timedelta(hours=25)
    local = moment.astimezone(ZoneInfo(zone))
    # A wall time left out by summer time is passed by up to an hour, never earlier.
    late = datetime.combine(local.date(), local.time()) - datetime.combine(
        local.date(),
        datetime.strptime(wall, "%H:%M").time(),  # noqa: DTZ007
    )
    assert timedelta(0) <= late <= HOUR


@pytest.mark.parametrize(
    ("every", "daily_at"), [(None, None), (HOUR, "03:10"), (timedelta(0), None), (None, "25")]
)
def test_a_rhythm_that_makes_no_sense_is_refused(every: timedelta | None, daily_at: str | None) -> None:
    with pytest.raises(ValueError, match=r"schedule|positive|hour"):
        schedule("test.nonsense", every=every, daily_at=daily_at)


@pytest.mark.django_db
def test_an_interval_runs_at_once_and_then_every_so_often(job: Job) -> None:
    moments = [NOON, NOON + HOUR / 2, NOON + HOUR, NOON + HOUR * 3 / 2, NOON + 2 * HOUR]
    made = [tick(moment) for moment in moments]
    assert [bool(names) for names in made] == [True, False, True, False, True]
    assert job.runs == moments[::2]


@pytest.mark.django_db
def test_what_was_missed_runs_once(job: Job) -> None:
    tick(NOON)
    tick(NOON + timedelta(days=3))
    tick(NOON + timedelta(days=3, minutes=1))
    assert job.runs == [NOON, NOON + timedelta(days=3)]


@pytest.mark.django_db
def test_an_error_is_noted_and_the_next_moment_awaited(job: Job) -> None:
    job.error = KeyError("broken")
    tick(NOON)
    row = ScheduleRow.objects.get()
    assert (row.state, row.failures, row.last_error) == ("idle", 1, "KeyError: 'broken'")
    job.error = None
    tick(NOON + HOUR)
    row.refresh_from_db()
    assert (row.failures, row.last_error, len(job.runs)) == (0, "", 2)


@pytest.mark.django_db
def test_a_shorter_rhythm_takes_effect_at_once(job: Job) -> None:
    tick(NOON)
    unschedule("test.hourly")
    schedule("test.hourly", every=timedelta(minutes=5))(job)
    assert tick(NOON + timedelta(minutes=1)) == []
    assert tick(NOON + timedelta(minutes=6)) == ["test.hourly"]


@pytest.mark.django_db
def test_names_are_unique_and_unknown_rows_are_left_alone(job: Job) -> None:
    with pytest.raises(ValueError, match="exists"):
        schedule("test.hourly", every=HOUR)(job)
    ScheduleRow.objects.create(name="test.gone", next_due=NOON)
    assert tick(NOON + HOUR) == ["test.hourly"]


@pytest.mark.django_db
def test_the_schedule_of_a_dead_worker_runs_again(job: Job) -> None:
    schedules.make_rows(NOON)
    schedules.make_ready(NOON, 1)
    assert schedules.claim("elsewhere:1:x", NOON) == "test.hourly"
    assert schedules.claim("elsewhere:1:y", NOON) is None
    assert schedules.free_abandoned(NOON + timedelta(minutes=9)) == 0
    schedules.prolong("elsewhere:1:x", NOON + timedelta(minutes=5))
    assert schedules.free_abandoned(NOON + timedelta(minutes=11)) == 0
    assert schedules.free_abandoned(NOON + timedelta(minutes=16)) == 1
    assert running.run_schedules(NOON + timedelta(minutes=11)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_runs_a_schedule(job: Job) -> None:
    for hour in range(10):
        schedules.make_rows(NOON + hour * HOUR)
        schedules.make_ready(NOON + hour * HOUR, 1)
        in_threads(*[lambda h=hour: running.run_schedules(NOON + h * HOUR)] * 3)
    assert job.runs == [NOON + hour * HOUR for hour in range(10)]


@pytest.mark.django_db
def test_the_lease_has_one_holder_and_a_growing_token() -> None:
    first = lease.acquire("a", NOON)
    assert first is not None
    assert lease.acquire("b", NOON + timedelta(seconds=14)) is None
    renewed = lease.renew(first, NOON + timedelta(seconds=10))
    assert renewed is not None
    assert lease.acquire("b", NOON + timedelta(seconds=24)) is None
    second = lease.acquire("b", NOON + timedelta(seconds=26))
    assert second is not None
    assert second.token > first.token
    assert lease.renew(renewed, NOON + timedelta(seconds=27)) is None
    lease.release(renewed)
    assert ClockLease.objects.get().holder == "b"
    lease.release(second)
    assert lease.acquire("c", NOON + timedelta(seconds=28)) is not None


@pytest.mark.django_db
def test_a_lease_that_ran_out_is_not_renewed_even_if_nobody_took_it() -> None:
    held = lease.acquire("a", NOON)
    assert held is not None
    assert lease.renew(held, NOON + timedelta(seconds=16)) is None


@pytest.mark.django_db
def test_a_clock_that_lost_its_lease_moves_nothing(job: Job) -> None:
    tick(NOON, fence=5)
    assert schedules.make_ready(NOON + HOUR, 4) == []
    assert schedules.make_ready(NOON + HOUR, 5) == ["test.hourly"]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_never_both_act(job: Job) -> None:
    clocks = [Clock(), Clock(), Clock()]
    acted: list[tuple[str, int]] = []

    def run(clock: Clock) -> None:
        for _ in range(15):
            ScheduleRow.objects.update(next_due=timezone.now())
            if clock.step():
                acted.append((clock.name, clock.held.token if clock.held else 0))
            running.run_schedules(timezone.now())

    in_threads(*[lambda c=clock: run(c) for clock in clocks])
    assert len(set(acted)) == 1
    holder = next(clock for clock in clocks if clock.held)
    holder.close()
    other = next(clock for clock in clocks if clock is not holder)
    other.step()
    assert other.held is not None
    assert other.held.token == acted[0][1] + 1


@pytest.mark.django_db(transaction=True)
def test_clocks_racing_for_a_free_lease_get_one_holder() -> None:
    for second in range(0, 200, 20):
        held: list[lease.Lease | None] = []
        take = partial(_race, NOON + timedelta(seconds=second), held)
        in_threads(take, take, take)
        assert len([got for got in held if got]) == 1


def _race(now: datetime, held: list[lease.Lease | None]) -> None:
    held.append(lease.acquire(threading.current_thread().name, now))
