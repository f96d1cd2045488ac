"""What a requester is told about a report: one of few standings, and how far along it is."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Where a report stands, as people outside the desk understand it."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    YOUR_TURN = "your_turn"
    WITH_OTHERS = "with_others"
    SCHEDULED = "scheduled"
    SOLVED = "solved"
    COMPLETED = "completed"
    DECLINED = "declined"
    CONTINUED = "continued"


@dataclass(frozen=True)
class Progress:
    """A standing and its step: 1 received, 2 in progress, 3 solved, 4 completed."""

    standing: Standing
    step: int

    @property
    def waits_for_you(self) -> bool:
        """Whether the requester has to do something."""
        return self.standing in (Standing.YOUR_TURN, Standing.SOLVED)


_PLAIN: dict[str, Progress] = {
    "new": Progress(Standing.RECEIVED, 1),
    "open": Progress(Standing.IN_PROGRESS, 2),
    "scheduled": Progress(Standing.SCHEDULED, 2),
    "resolved": Progress(Standing.SOLVED, 3),
    "closed": Progress(Standing.COMPLETED, 4),
    "merged": Progress(Standing.CONTINUED, 4),
    "rejected": Progress(Standing.DECLINED, 4),
}


def progress(status_type: str, *, clock_pauses: bool) -> Progress:
    """Return the progress for a status type; a waiting one whose clock pauses waits for the requester."""
    if status_type == "waiting":
        return Progress(Standing.YOUR_TURN if clock_pauses else Standing.WITH_OTHERS, 2)
    return _PLAIN[status_type]
