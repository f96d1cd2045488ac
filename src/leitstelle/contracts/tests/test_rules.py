"""Recognition of their numbers that cannot hang, and the clock of a vendor, without a database."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from leitstelle.contracts.choices import PatternProblem, Standing
from leitstelle.contracts.rules.clock import CaseTimes, Pause, resolution, response
from leitstelle.contracts.rules.domains import is_public
from leitstelle.contracts.rules.patterns import LONGEST_TEXT, NotUsable, checked, recognise

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class AlwaysOpen:
    """Service around the clock."""

    def worked(self, start: datetime, end: datetime) -> float:
        return max(0.0, (end - start).total_seconds())

    def deadline(self, start: datetime, seconds: float) -> datetime:
        return start + timedelta(seconds=seconds)


HOURS = AlwaysOpen()


def later(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"SR-?\d{6,10}", "Re: Ihr Auftrag SR-4711001 [#10427]", "SR-4711001"),
        (r"Case ID:? (\d{8,12})", "Your Case ID: 00123456 was opened", "00123456"),
        (r"\bINC\d{7}\b", "inc0012345", "inc0012345"),
        (r"\d{5,8}", "Re: Scanner defekt [#10427]", ""),
        (r"(?:HP|HPE)-\d{4,6}", "HPE-12345", "HPE-12345"),
    ],
)
def test_their_number_is_found_and_ours_is_not_taken_for_it(pattern: str, text: str, found: str) -> None:
    assert recognise(checked([pattern]), text) == found


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"(a+)+b", PatternProblem.TOO_LOOSE),
        (r"(\d{1,20}){1,20}x", PatternProblem.TOO_LOOSE),
        (r"\d{1,40}\d{1,40}\d{1,40}x", PatternProblem.TOO_LOOSE),
        (r"SR\d*", PatternProblem.TOO_LOOSE),
        (r"SR(", PatternProblem.NOT_REGULAR),
        (r"\d{2}", PatternProblem.TOO_SHORT),
        (r"", None),
        (r"(?=SR)\d{6}", PatternProblem.NOT_ALLOWED),
        (r"(\d{6})\1", PatternProblem.NOT_ALLOWED),
        ("a" * 81, PatternProblem.TOO_LONG),
        (r"\d{999999999999}", PatternProblem.NOT_REGULAR),
    ],
)
def test_patterns_that_could_hang_or_fit_everything_are_refused(
    pattern: str, problem: PatternProblem | None
) -> None:
    if problem is None:
        assert checked([pattern]) == []
        return
    with pytest.raises(NotUsable) as refused:
        checked([pattern])
    assert refused.value.problem in {problem, PatternProblem.TOO_LOOSE}


def test_the_loosest_pattern_that_is_taken_is_quick_on_a_hostile_text() -> None:
    patterns = checked([r"[a-z]{2,23}[a-z]{2,23}!"])
    began = time.perf_counter()
    assert recognise(patterns, "a" * LONGEST_TEXT * 2) == ""
    assert time.perf_counter() - began < 2


def test_ten_patterns_are_possible() -> None:
    assert len(checked([f"SR{number}000" for number in range(10)])) == 10
    with pytest.raises(NotUsable):
        checked([f"SR{number}000" for number in range(11)])


def test_free_mailers_tell_nobody_apart() -> None:
    assert is_public("gmail.com")
    assert not is_public("support.hersteller.example")


def test_an_open_case_runs_towards_its_deadline() -> None:
    promise = response(CaseTimes(opened_at=AT), 4 * 3600, HOURS, later(1))
    assert promise is not None
    assert (promise.standing, promise.percent, promise.due_at) == (Standing.RUNNING, 25, later(4))


def test_it_stands_still_while_they_wait_for_us() -> None:
    waiting = CaseTimes(opened_at=AT, pauses=(Pause(later(1)),))
    promise = resolution(waiting, 2 * 3600, HOURS, later(50))
    assert promise is not None
    assert (promise.standing, promise.used, promise.due_at) == (Standing.PAUSED, 3600, None)
    again = CaseTimes(opened_at=AT, pauses=(Pause(later(1), later(11)),))
    running = resolution(again, 2 * 3600, HOURS, later(11.5))
    assert running is not None
    assert (running.standing, running.due_at) == (Standing.RUNNING, later(12))


def test_kept_missed_overdue_and_withdrawn() -> None:
    kept = CaseTimes(opened_at=AT, answered_at=later(1), ended_at=later(9))
    first, last = response(kept, 3600, HOURS, later(20)), resolution(kept, 8 * 3600, HOURS, later(20))
    assert first is not None
    assert last is not None
    assert (first.standing, last.standing) == (Standing.KEPT, Standing.MISSED)
    late = response(CaseTimes(opened_at=AT), 3600, HOURS, later(2))
    assert late is not None
    assert (late.standing, late.due_at) == (Standing.OVERDUE, later(1))
    left = CaseTimes(opened_at=AT, ended_at=later(1), left=True)
    gone = resolution(left, 3600, HOURS, later(9))
    assert gone is not None
    assert gone.standing is Standing.LEFT


def test_a_solution_without_a_word_before_counts_as_answer() -> None:
    done = response(CaseTimes(opened_at=AT, ended_at=later(0.5)), 3600, HOURS, later(2))
    assert done is not None
    assert done.standing is Standing.KEPT


def test_nothing_promised_is_no_promise() -> None:
    assert response(CaseTimes(opened_at=AT), None, HOURS, AT) is None
