"""What will be refused of a selection, and why."""

import pytest

from leitstelle.tickets.rules.bulk import BulkAction, Facts, Refusal, Wanted, refusal

OPEN = Facts(
    "open",
    team_id=1,
    assignee_id=None,
    targets=frozenset({("wait", "waiting_third"), ("resolve", "resolved")}),
)


@pytest.mark.parametrize(
    ("facts", "wanted", "why"),
    [
        (None, Wanted(BulkAction.TAKE, 5), Refusal.NOT_VISIBLE),
        (Facts("open", 1, None, frozenset(), changed=True), Wanted(BulkAction.TAKE, 5), Refusal.CHANGED),
        (Facts("closed", 1, None, frozenset()), Wanted(BulkAction.TAKE, 5), Refusal.ENDED),
        (Facts("open", 1, 5, frozenset()), Wanted(BulkAction.TAKE, 5), Refusal.ALREADY_YOURS),
        (Facts("new", None, None, frozenset()), Wanted(BulkAction.TAKE, 5), Refusal.NO_TEAM),
        (Facts("new", None, None, frozenset()), Wanted(BulkAction.TAKE, 5, own_team_id=1), None),
        (OPEN, Wanted(BulkAction.TAKE, 5), None),
        (OPEN, Wanted(BulkAction.ASSIGN, 5, team_id=2), None),
        (OPEN, Wanted(BulkAction.ASSIGN, 5, team_id=1), Refusal.ALREADY_THERE),
        (OPEN, Wanted(BulkAction.ASSIGN, 5, team_id=1, assignee_id=5), None),
        (OPEN, Wanted(BulkAction.HANDOVER, 5, team_id=1, assignee_id=5), Refusal.ALREADY_THERE),
        (OPEN, Wanted(BulkAction.HANDOVER, 5), None),
        (OPEN, Wanted(BulkAction.WAIT, 5), None),
        (OPEN, Wanted(BulkAction.WAIT, 5, status="waiting_vendor"), Refusal.STEP),
        (OPEN, Wanted(BulkAction.CLOSE, 5), Refusal.STEP),
        (OPEN, Wanted(BulkAction.RESOLVE, 5), None),
    ],
)
def test_why_a_ticket_of_a_selection_is_refused(
    facts: Facts | None, wanted: Wanted, why: Refusal | None
) -> None:
    assert refusal(facts, wanted) == why
