"""What a customer's contract covers, and which two would cover the same; no database."""

from datetime import UTC, date, datetime

from leitstelle.contracts.choices import Coverage
from leitstelle.contracts.rules.coverage import Cover, Term, coverage, overlap

MARCH, JUNE, SEPTEMBER = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 6, 9))


def term(recorded: datetime, begins: datetime, ends: datetime | None, *branches: str) -> Term:
    return Term(recorded, begins, ends, begins.date(), ends.date() if ends else None, branches)


def test_it_says_why_it_does_not_cover() -> None:
    cover = Cover(1, "W-1", (term(MARCH, JUNE, SEPTEMBER, "1.4"),))
    assert coverage(cover, "1.4", JUNE) is Coverage.COVERED
    assert coverage(cover, "1.4.9", JUNE) is Coverage.COVERED
    assert coverage(cover, "1.40", JUNE) is Coverage.OTHER_SERVICES
    assert coverage(cover, "", JUNE) is Coverage.OTHER_SERVICES
    assert coverage(cover, "1.4", MARCH) is Coverage.NOT_YET
    assert coverage(cover, "1.4", SEPTEMBER) is Coverage.OVER


def test_a_change_counts_for_what_is_opened_after_it() -> None:
    cover = Cover(1, "W-1", (term(MARCH, MARCH, None), term(SEPTEMBER, MARCH, JUNE)))
    assert coverage(cover, "", datetime(2026, 8, 1, tzinfo=UTC)) is Coverage.COVERED
    assert coverage(cover, "", SEPTEMBER) is Coverage.OVER


def test_two_contracts_overlap_in_days_and_services() -> None:
    spring = (date(2026, 3, 1), date(2026, 5, 31))
    summer = (date(2026, 6, 1), None)
    later = (date(2026, 5, 31), date(2026, 7, 1))
    assert not overlap((*spring, ()), (*summer, ()))
    assert overlap((*spring, ()), (*later, ()))
    assert overlap((*summer, ("1",)), (*later, ("1.4",)))
    assert not overlap((*summer, ("1.4",)), (*later, ("1.40",)))
    assert overlap((*summer, ()), (*later, ("1.40",)))
