"""Saying what the overview shows."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import F

from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.reporting import labels
from leitstelle.reporting.choices import MOST_DAYS, MOST_HOURS, QUIET_HOURS, RETURNED_DAYS, SOON_HOURS
from leitstelle.reporting.events import OverviewSettingsChanged
from leitstelle.reporting.models import OverviewSettings
from leitstelle.reporting.policies import can_set_overview


@dataclass(frozen=True, kw_only=True)
class OverviewInput:
    """Hours are service hours of the house."""

    show_people: bool = True
    soon_hours: int = SOON_HOURS
    quiet_hours: int = QUIET_HOURS
    returned_days: int = RETURNED_DAYS


@unit
def set_overview(new: OverviewInput, *, version: int, by: Viewer, now: datetime) -> OverviewSettings:
    """Say what the overview shows. Administrators only. Event `overview_settings.changed`.

    Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    if not can_set_overview(by):
        raise NotAllowed
    _check(new)
    row, _created = OverviewSettings.objects.get_or_create(pk=1)
    values = asdict(new)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    if not OverviewSettings.objects.filter(pk=1, version=version).update(**changed, version=F("version") + 1):
        raise Conflict(theirs={name: getattr(row, name) for name in changed}, ours=changed)
    row.refresh_from_db()
    data = OverviewSettingsChanged(fields=tuple(sorted(changed)), show_people=row.show_people)
    record(data, subject=Subject("overview_settings", 1), actor=by.actor, at=now)
    return row


def _check(new: OverviewInput) -> None:
    bounds = {"soon_hours": MOST_HOURS, "quiet_hours": MOST_HOURS, "returned_days": MOST_DAYS}
    wrong = [name for name, most in bounds.items() if not 1 <= getattr(new, name) <= most]
    if wrong:
        name = wrong[0]
        raise InvalidInput(fields={name: labels.OUT_OF_RANGE}, most=bounds[name])
