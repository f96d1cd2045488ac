"""Which step leads where: the transitions are data, this reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leitstelle.tickets.choices import StatusType, Verb

# A reply to a ticket closed longer ago than this is a new matter (research, trap 17).
REOPEN_WINDOW = timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """One allowed transition as plain values."""

    from_status: str
    to_status: str
    verb: Verb
    by_requester: bool
    by_agent: bool


def destination(
    steps: Iterable[Step], *, from_status: str, verb: Verb, as_agent: bool, wanted: str | None = None
) -> str | None:
    """Return the status `verb` leads to from `from_status`, `None` where the step is not allowed.

    Several steps may share a verb (waiting for the requester or for a third party); `wanted` picks one.
    """
    for step in steps:
        allowed = step.by_agent if as_agent else step.by_requester
        if (
            allowed
            and step.from_status == from_status
            and step.verb == verb
            and wanted in (None, step.to_status)
        ):
            return step.to_status
    return None


class FollowUp(StrEnum):
    """What a requester's new message does to the ticket it belongs to."""

    KEEP = "keep"
    CONTINUE = "continue"
    REOPEN = "reopen"
    NEW_TICKET = "new_ticket"


def follow_up(
    status_type: str, waits_for_requester: bool, closed_at: datetime | None, now: datetime
) -> FollowUp:
    """Say what a public, human message of the requester does to a ticket.

    `closed_at` and `now` are aware UTC moments.
    """
    if status_type == StatusType.RESOLVED:
        return FollowUp.REOPEN
    if status_type == StatusType.CLOSED:
        recent = closed_at is not None and now - closed_at <= REOPEN_WINDOW
        return FollowUp.REOPEN if recent else FollowUp.NEW_TICKET
    if status_type == StatusType.REJECTED:
        return FollowUp.NEW_TICKET
    if status_type == StatusType.WAITING and waits_for_requester:
        return FollowUp.CONTINUE
    return FollowUp.KEEP
