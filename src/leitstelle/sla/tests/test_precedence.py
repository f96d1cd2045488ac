"""Which agreement applies, and what is said of the others."""

from datetime import UTC, datetime, timedelta

from leitstelle.sla.choices import Verdict
from leitstelle.sla.rules.facts import PastEvent
from leitstelle.sla.rules.history import history_of
from leitstelle.sla.rules.precedence import (
    Candidate,
    Case,
    Moment,
    Scope,
    VersionTimes,
    governing,
    judge,
    overlapping,
    winner,
)

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
CASE = Case(7, "1.4", "incident", 2)


def agreement(
    number: int, scope: Scope, *versions: VersionTimes, ended_at: datetime | None = None
) -> Candidate:
    return Candidate(
        number, f"A{number}", scope, versions or (VersionTimes(number * 10, BEGINNING),), ended_at
    )


def verdicts(*candidates: Candidate, case: Case = CASE, at: datetime = NOW) -> list[tuple[int, Verdict]]:
    return [(one.candidate.agreement, one.verdict) for one in judge(candidates, case, opened_at=NOW, at=at)]


def test_the_most_specific_one_applies_and_the_others_say_why_not() -> None:
    found = verdicts(
        agreement(1, Scope()),
        agreement(2, Scope(organisation=7)),
        agreement(3, Scope(organisation=8)),
        agreement(4, Scope(category="1.4")),
        agreement(5, Scope(category="1")),
        agreement(6, Scope(kind="request")),
        agreement(7, Scope(priority=1)),
        agreement(8, Scope(organisation=7, priority=2)),
        agreement(9, Scope(category="1.40")),
    )
    assert found[:5] == [
        (8, Verdict.APPLIES),
        (2, Verdict.LESS_SPECIFIC),
        (4, Verdict.LESS_SPECIFIC),
        (5, Verdict.LESS_SPECIFIC),
        (1, Verdict.LESS_SPECIFIC),
    ]
    assert dict(found[5:]) == {
        3: Verdict.OTHER_ORGANISATION,
        6: Verdict.OTHER_KIND,
        7: Verdict.OTHER_PRIORITY,
        9: Verdict.OTHER_CATEGORY,
    }


def test_a_kind_goes_before_a_priority_and_a_branch_before_both() -> None:
    order = verdicts(
        agreement(1, Scope(priority=2)),
        agreement(2, Scope(kind="incident")),
        agreement(3, Scope(category="1")),
    )
    assert [number for number, _verdict in order] == [3, 2, 1]


def test_what_ended_or_has_not_begun_does_not_apply_to_new_tickets() -> None:
    later = NOW + timedelta(hours=1)
    assert verdicts(agreement(1, Scope(), ended_at=NOW)) == [(1, Verdict.ENDED)]
    assert verdicts(agreement(1, Scope(), ended_at=later)) == [(1, Verdict.APPLIES)]
    assert verdicts(agreement(1, Scope(), VersionTimes(1, later))) == [(1, Verdict.NOT_YET)]
    assert winner(judge((), CASE, opened_at=NOW, at=NOW)) is None


def test_a_version_that_takes_over_counts_from_its_beginning_on() -> None:
    later = NOW + timedelta(hours=1)
    versions = (VersionTimes(1, BEGINNING), VersionTimes(2, later, takes_over=True), VersionTimes(3, later))
    rows = governing(
        [agreement(1, Scope(), *versions)],
        [Moment(NOW, 0, CASE)],
        opened_at=NOW,
        now=NOW + timedelta(hours=3),
    )
    assert [(row.at, row.version) for row in rows] == [(NOW, 1), (later, 2)]


def test_another_customer_or_category_brings_another_agreement_from_then_on() -> None:
    events = [
        PastEvent("ticket.opened", {"organisation_id": 8, "kind": "incident"}, NOW, 1, 2),
        PastEvent("ticket.requester_changed", {"organisation_id": 7}, NOW + timedelta(hours=1), 2, 2),
        PastEvent(
            "ticket.classified",
            {"priority_after": 1, "changes": [["category", "", "4"]]},
            NOW + timedelta(hours=2),
            3,
            1,
        ),
    ]
    present = Case(7, "1.4", "incident", 1)
    history = history_of(events, present, opened_at=NOW, categories={"4": "1.4"})
    assert [one.case for one in history] == [
        Case(8, "", "incident", 2),
        Case(7, "", "incident", 2),
        Case(7, "1.4", "incident", 1),
    ]
    candidates = [agreement(1, Scope()), agreement(2, Scope(organisation=7)), agreement(3, Scope(7, "1"))]
    rows = governing(candidates, history, opened_at=NOW, now=NOW + timedelta(hours=3))
    assert [row.version for row in rows] == [10, 20, 30]


def test_a_merged_customer_counts_from_the_beginning() -> None:
    events = [PastEvent("ticket.opened", {"organisation_id": 8, "kind": "incident"}, NOW, 1, 2)]
    history = history_of(events, Case(7, "", "incident", 2), opened_at=NOW, categories={})
    assert [one.case.organisation for one in history] == [7]


def test_only_exactly_the_same_scope_overlaps() -> None:
    known = [
        agreement(1, Scope(organisation=7, kind="request")),
        agreement(2, Scope(kind="request"), ended_at=NOW),
    ]
    assert overlapping(Scope(organisation=7, kind="request"), known) == known[0]
    assert overlapping(Scope(organisation=7), known) is None
    assert overlapping(Scope(kind="request"), known) is None


def test_an_agreement_for_a_service_goes_before_one_for_a_branch() -> None:
    found = verdicts(
        agreement(1, Scope()),
        agreement(2, Scope(category="network")),
        agreement(3, Scope(service=8)),
        agreement(4, Scope(service=9)),
        case=Case(None, "network.vpn", "incident", 3, 8),
    )
    assert found == [
        (3, Verdict.APPLIES),
        (2, Verdict.LESS_SPECIFIC),
        (1, Verdict.LESS_SPECIFIC),
        (4, Verdict.OTHER_SERVICE),
    ]


def test_what_the_service_was_is_read_back_from_events() -> None:
    change = PastEvent(
        "ticket.classified", {"changes": [["service", "", "8"]], "priority_after": 3}, NOW, 2, 3
    )
    case = Case(None, "", "incident", 3, 8)
    first, then = history_of([change], case, opened_at=BEGINNING, categories={})
    assert (first.case.service, then.case.service) == (None, 8)
