"""Cases at vendors on plain values: which step leads where, what stands still meanwhile, what a list shows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leitstelle.contracts.rules.clock import CaseTimes, Pause
from leitstelle.tickets.choices import ONGOING_VENDOR_STATES, VendorState, VendorVerb

StoredPause = Sequence[str | None]

_STEPS: dict[VendorVerb, tuple[tuple[VendorState, ...], VendorState]] = {
    VendorVerb.ANSWER: ((VendorState.OPEN, VendorState.OURS), VendorState.ANSWERED),
    VendorVerb.OWE: ((VendorState.OPEN, VendorState.ANSWERED), VendorState.OURS),
    VendorVerb.CONTINUE: ((VendorState.ANSWERED, VendorState.OURS), VendorState.OPEN),
    VendorVerb.SOLVE: (ONGOING_VENDOR_STATES, VendorState.SOLVED),
    VendorVerb.WITHDRAW: (ONGOING_VENDOR_STATES, VendorState.WITHDRAWN),
    VendorVerb.REOPEN: ((VendorState.SOLVED, VendorState.WITHDRAWN), VendorState.OPEN),
}
# What needs us most comes first, what has ended last.
_URGENCY = (
    VendorState.OURS,
    VendorState.ANSWERED,
    VendorState.OPEN,
    VendorState.SOLVED,
    VendorState.WITHDRAWN,
)


def destination(state: str, verb: VendorVerb) -> VendorState | None:
    """Return the state a step leads to, `None` where it is not possible."""
    sources, target = _STEPS[verb]
    return target if state in sources else None


def possible(state: str) -> list[VendorVerb]:
    """Return the steps that leave this state."""
    return [verb for verb in VendorVerb if destination(state, verb) is not None]


def pauses_after(pauses: Sequence[StoredPause], state: VendorState, now: datetime) -> list[list[str | None]]:
    """Return the pauses once a case enters `state` at `now` (aware): open while they wait for us, closed else."""
    kept = [list(pause) for pause in pauses]
    is_open = bool(kept) and kept[-1][1] is None
    if state == VendorState.OURS and not is_open:
        kept.append([now.isoformat(), None])
    elif state != VendorState.OURS and is_open:
        kept[-1][1] = now.isoformat()
    return kept


def without_break(pauses: Sequence[StoredPause], ended_at: datetime, now: datetime) -> list[list[str | None]]:
    """Return the pauses of a case that goes on again: the time since its end counts for nobody."""
    return [*(list(pause) for pause in pauses), [ended_at.isoformat(), now.isoformat()]]


def shown_state(states: Iterable[str]) -> str:
    """Return which state of a ticket's cases its column holds, empty where there never was one."""
    known = set(states)
    return next((state for state in _URGENCY if state in known), "")


def times_of(
    *,
    opened_at: datetime,
    answered_at: datetime | None,
    ended_at: datetime | None,
    state: str,
    pauses: Sequence[StoredPause],
) -> CaseTimes:
    """Return what the clock of a vendor is computed from."""
    return CaseTimes(
        opened_at=opened_at,
        answered_at=answered_at,
        ended_at=ended_at,
        left=state == VendorState.WITHDRAWN,
        pauses=tuple(
            Pause(datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
            for since, until in pauses
            if since
        ),
    )
