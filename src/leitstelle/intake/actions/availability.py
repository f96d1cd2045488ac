"""Agents say whether they can be reached."""

from datetime import datetime

from leitstelle.intake.events import AvailabilityChosen
from leitstelle.intake.models import AgentAvailability
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit()
def choose_availability(*, is_away: bool, by: Viewer, now: datetime) -> None:
    """Be away from one's place, or be there again, which also ends the time after a call. Agents, for themselves.

    Records `AvailabilityChosen`. Raises `NotAllowed`.
    """
    if not by.is_agent or by.person_id is None:
        raise NotAllowed
    values = {"is_away": is_away, "changed_at": now}
    AgentAvailability.objects.update_or_create(person_id=by.person_id, defaults=values)
    data = AvailabilityChosen(is_away=is_away)
    record(data, subject=Subject("availability", by.person_id), actor=by.actor, at=now)
