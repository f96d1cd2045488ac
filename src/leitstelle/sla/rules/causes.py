"""Why a target was missed: the service time that was used, by what the ticket was waiting for meanwhile; pure.

Each second of service time is counted under the first of these that fits: the desk was closed (`closed`: the clock
counts by longer hours than those the desk is staffed in), the manufacturer or somebody else was waited for (`vendor`,
`third`), it had been handed over and nobody had taken it (`handover`), nobody had it (`queue`), somebody worked on it
(`work`). The cause is the one with the most time.
"""

from collections.abc import Sequence
from datetime import datetime

from leitstelle.sla.choices import Cause
from leitstelle.sla.rules.clocks import Clock, Hours
from leitstelle.sla.rules.facts import PastEvent

_WAITING = {"waiting_vendor": Cause.VENDOR, "waiting_third": Cause.THIRD}


def shares(clock: Clock, events: Sequence[PastEvent], staffed: Hours, now: datetime) -> dict[Cause, float]:
    """Return the service seconds of a clock by cause, the most first; `staffed` is when the desk is there."""
    found: dict[Cause, float] = {}
    ordered = sorted(events, key=lambda event: (event.at, event.order))
    for stretch in clock.stretches:
        if not stretch.runs or stretch.hours is None:
            continue
        end = stretch.end or now
        cuts = sorted({stretch.begin, end, *(one.at for one in ordered if stretch.begin < one.at < end)})
        for begin, stop in zip(cuts, cuts[1:], strict=False):
            worked = stretch.hours.worked(begin, stop)
            there = min(worked, staffed.worked(begin, stop))
            _add(found, Cause.CLOSED, worked - there)
            _add(found, _cause_at(ordered, begin), there)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def main_cause(by_cause: dict[Cause, float]) -> Cause | None:
    """Return the cause with the most time, `None` where no time was used."""
    return next(iter(by_cause), None)


def _add(found: dict[Cause, float], cause: Cause, seconds: float) -> None:
    if seconds >= 1:
        found[cause] = found.get(cause, 0.0) + seconds


def _cause_at(events: Sequence[PastEvent], moment: datetime) -> Cause:
    past = [event for event in events if event.at <= moment]
    status = next(
        (str(one.data["after"]) for one in reversed(past) if one.code == "ticket.status_changed"), ""
    )
    if status in _WAITING:
        return _WAITING[status]
    if past and past[-1].assignee is not None:
        return Cause.WORK
    moved = next(
        (one.code for one in reversed(past) if one.code in ("ticket.handed_over", "ticket.assigned")), ""
    )
    return Cause.HANDOVER if moved == "ticket.handed_over" else Cause.QUEUE
