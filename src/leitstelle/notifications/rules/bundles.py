"""Which of a person's waiting entries leave together in one mail."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Fewer an hour than the outbox takes for a loop; what is beyond leaves together.
MAILS_PER_HOUR = 12
# More that are due at the same moment (after a night, or a flood) are read better in one.
MAILS_AT_A_TIME = 5
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Waiting:
    """An entry that waits for its mail; `ticket_id` is `None` for what belongs to no ticket."""

    id: int
    ticket_id: int | None
    due_at: datetime
    daily: bool


def bundles(waiting: Sequence[Waiting], now: datetime, *, room: int) -> list[list[int]]:
    """Return the ids per mail, oldest first. Entries that are not due leave with a due one of the same ticket.

    All daily entries make one mail, others one per ticket; where that is many, or more than there is `room` for, one
    for all.
    """
    due = [entry for entry in waiting if entry.due_at <= now]
    daily = [entry.id for entry in due if entry.daily]
    tickets = {entry.ticket_id for entry in due if not entry.daily}
    by_ticket: dict[int | None, list[int]] = defaultdict(list)
    for entry in waiting:
        if not entry.daily and entry.ticket_id in tickets:
            by_ticket[entry.ticket_id].append(entry.id)
    found = [*by_ticket.values(), *([daily] if daily else [])]
    if len(found) > min(room, MAILS_AT_A_TIME):
        found = [sorted(entry for bundle in found for entry in bundle)]
    return [sorted(bundle) for bundle in found]


def room_left(sent: Sequence[datetime], now: datetime) -> int:
    """How many more mails may go to a person this hour; `sent` holds when earlier ones left."""
    return MAILS_PER_HOUR - sum(moment > now - HOUR for moment in sent)


def room_again(sent: Sequence[datetime], now: datetime) -> datetime:
    """When the person may get the next mail, where there is no room left."""
    recent = sorted(moment for moment in sent if moment > now - HOUR)
    return recent[-MAILS_PER_HOUR] + HOUR if len(recent) >= MAILS_PER_HOUR else now
