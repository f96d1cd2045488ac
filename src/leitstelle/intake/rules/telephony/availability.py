"""Whether an agent can be reached: from absences, what they chose by hand, and what their telephone tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leitstelle.intake.choices import Availability

# After a call there is something to write; who entered it, or says so, is free at once.
AFTERWARDS = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What is known of an agent at a moment; times are aware, None: not so."""

    is_absent: bool = False
    is_away: bool = False
    chosen_at: datetime | None = None
    speaks_since: datetime | None = None
    # The end of the latest call that was not entered yet.
    spoke_until: datetime | None = None


def availability(signs: Signs, now: datetime) -> Availability:
    """Return how an agent can be reached at `now` (aware). A call counts before everything: it is a fact."""
    if signs.speaks_since is not None:
        return Availability.IN_CALL
    if signs.is_absent:
        return Availability.ABSENT
    if signs.is_away:
        return Availability.AWAY
    ended, chosen = signs.spoke_until, signs.chosen_at
    if ended is not None and now - ended < AFTERWARDS and (chosen is None or chosen <= ended):
        return Availability.AFTER_CALL
    return Availability.AVAILABLE
