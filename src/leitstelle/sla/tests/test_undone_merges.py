"""A merge that was taken back has never been, for clocks."""

from datetime import UTC, datetime, timedelta

from leitstelle.sla.rules.facts import PastEvent, without_undone_merges

MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)


def status(order: int, verb: str) -> PastEvent:
    return PastEvent("ticket.status_changed", {"verb": verb}, MONDAY + timedelta(hours=order), order, 2)


def verbs(*chosen: str) -> list[str]:
    events = [status(order, verb) for order, verb in enumerate(chosen)]
    return [event.data["verb"] for event in without_undone_merges(events)]


def test_pairs_go_and_everything_else_stays() -> None:
    assert verbs("start", "merge", "unmerge", "resolve") == ["start", "resolve"]
    assert verbs("merge", "unmerge", "wait", "merge") == ["wait", "merge"]
    assert verbs("merge", "unmerge", "merge", "unmerge") == []
    assert verbs("start", "merge") == ["start", "merge"]


def test_what_else_happened_meanwhile_counts() -> None:
    moved = PastEvent("ticket.assigned", {"verb": "assign"}, MONDAY, 2, 2)
    events = [status(1, "merge"), moved, status(3, "unmerge")]
    assert without_undone_merges(events) == [moved]
