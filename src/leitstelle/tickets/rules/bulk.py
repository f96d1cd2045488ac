"""Acting on many tickets: what will happen to each, and why not. Pure; the same answer stands in the preview and
is asked again before each ticket is changed."""

from dataclasses import dataclass
from enum import StrEnum

from leitstelle.tickets.choices import ENDED_TYPES, StatusType, Verb

# As many as one selection may hold, and as many as are done while the person waits.
MOST = 500
AT_ONCE = 50


class BulkAction(StrEnum):
    """What can be done to a selection."""

    TAKE = "take"
    ASSIGN = "assign"
    HANDOVER = "handover"
    WAIT = "wait"
    RESOLVE = "resolve"
    CLOSE = "close"
    RECALCULATE = "recalc"
    MERGE = "merge"


class Outcome(StrEnum):
    """What became of one ticket of a selection."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    CHANGED = "changed"


class Refusal(StrEnum):
    """Why nothing will happen to a ticket."""

    NOT_VISIBLE = "not_visible"
    CHANGED = "changed"
    ENDED = "ended"
    ALREADY_YOURS = "already_yours"
    ALREADY_THERE = "already_there"
    NO_TEAM = "no_team"
    BY_HAND = "priority_by_hand"
    SAME_PRIORITY = "same_priority"
    STEP = "step_not_possible"
    MERGED_AWAY = "merged_away"


# What is offered below a list; priorities are calculated anew from the page of their rules.
OFFERED = tuple(one for one in BulkAction if one is not BulkAction.RECALCULATE)

# What stands on the status a ticket had when it was chosen; everything else on who had it.
BY_STATUS = (BulkAction.WAIT, BulkAction.RESOLVE, BulkAction.CLOSE, BulkAction.MERGE)

VERBS: dict[BulkAction, Verb] = {
    BulkAction.WAIT: Verb.WAIT,
    BulkAction.RESOLVE: Verb.RESOLVE,
    BulkAction.CLOSE: Verb.CLOSE,
}


@dataclass(frozen=True)
class Facts:
    """What is known of a ticket now: `targets` are the statuses its steps lead to, by verb."""

    status_type: str
    team_id: int | None
    assignee_id: int | None
    targets: frozenset[tuple[str, str]]
    changed: bool = False
    by_hand: bool = False
    same_priority: bool = False
    ticket_id: int = 0


@dataclass(frozen=True)
class Wanted:
    """What is to happen. Ids are `None` and the status empty as long as nobody has chosen."""

    action: BulkAction
    person_id: int | None
    own_team_id: int | None = None
    team_id: int | None = None
    assignee_id: int | None = None
    status: str = ""
    target_id: int | None = None


def refusal(facts: Facts | None, wanted: Wanted) -> Refusal | None:
    """Say why the action will be refused for this ticket, `None` where it will be done. No facts: not visible."""
    if facts is None:
        return Refusal.NOT_VISIBLE
    # The others go to the target, whatever happened to it.
    if facts.changed and not (wanted.target_id and wanted.target_id == facts.ticket_id):
        return Refusal.CHANGED
    if wanted.action in VERBS:
        return _step(facts, wanted)
    if wanted.action is BulkAction.MERGE:
        return Refusal.MERGED_AWAY if facts.status_type == StatusType.MERGED else None
    if facts.status_type in ENDED_TYPES:
        return Refusal.ENDED
    if wanted.action is BulkAction.RECALCULATE:
        return Refusal.BY_HAND if facts.by_hand else Refusal.SAME_PRIORITY if facts.same_priority else None
    if wanted.action is BulkAction.TAKE:
        if facts.team_id is None and wanted.own_team_id is None:
            return Refusal.NO_TEAM
        return Refusal.ALREADY_YOURS if facts.assignee_id == wanted.person_id else None
    if wanted.team_id is None or wanted.team_id != facts.team_id:
        return None
    same = wanted.action is BulkAction.HANDOVER or wanted.assignee_id == facts.assignee_id
    return Refusal.ALREADY_THERE if same else None


def _step(facts: Facts, wanted: Wanted) -> Refusal | None:
    verb = VERBS[wanted.action]
    possible = any(one == verb and wanted.status in ("", target) for one, target in facts.targets)
    return None if possible else Refusal.STEP
