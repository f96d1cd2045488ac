"""What people choose for themselves."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings

from leitstelle.accounts import labels, policies
from leitstelle.accounts.actions.versions import change_row
from leitstelle.accounts.choices import Density, Theme
from leitstelle.accounts.events import PersonChanged
from leitstelle.accounts.models import Person
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ProfileInput:
    """Language (`de`, `en`), IANA time zone, looks, and whether single keys are shortcuts."""

    language: str
    time_zone: str
    theme: Theme = Theme.SYSTEM
    density: Density = Density.COMFORTABLE
    single_keys: bool = True


@unit
def change_profile(person: Person, new: ProfileInput, *, by: Viewer, now: datetime) -> Person:
    """Change a person's own preferences. The person only. Event `person.changed`.

    The last choice counts, so there is no version. Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require(policies.can_edit_profile(by, person))
    if new.language not in dict(settings.LANGUAGES):
        raise InvalidInput(fields={"language": labels.UNKNOWN_CHOICE})
    if new.time_zone not in available_timezones():
        raise InvalidInput(fields={"time_zone": labels.UNKNOWN_CHOICE})
    person.refresh_from_db()
    changed = change_row(person, asdict(new), version=person.version)
    if changed:
        data = PersonChanged(fields=changed)
        record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)
    return person
