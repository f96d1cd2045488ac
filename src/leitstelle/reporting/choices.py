"""What the overview starts with, and how far its settings go."""

from enum import StrEnum

SOON_HOURS = 2
QUIET_HOURS = 4
RETURNED_DAYS = 7
MOST_HOURS = 80
MOST_DAYS = 90


class Risk(StrEnum):
    """What a lead looks for, in the order of urgency."""

    OVERDUE = "overdue"
    SOON = "soon"
    MAJOR = "major"
    UNASSIGNED = "unassigned"
    QUIET = "quiet"
    WAITING = "waiting"
    RETURNED = "returned"
    PING_PONG = "ping-pong"
