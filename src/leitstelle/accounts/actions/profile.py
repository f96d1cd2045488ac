"""What people choose for themselves."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.actions.versions import change_row
from leitstelle.accounts.choices import Density, Theme
from leitstelle.accounts.events import PersonChanged
from leitstelle.accounts.models import Person
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

SIGNATURE_LENGTH = 1000


@dataclass(frozen=True, kw_only=True)
class ProfileInput:
    """Language (`de`, `en`), IANA time zone, looks, and whether single keys are shortcuts."""

    language: str
    time_zone: str
    theme: Theme = Theme.SYSTEM
    density: Density = Density.COMFORTABLE
    single_keys: bool = True


@unit
def change_own_name(
    person: Person, *, given_name: str, family_name: str, display_name: str = "", by: Viewer, now: datetime
) -> Person:
    """Change how a person is called; without `display_name` first and last name make it. The person only.

    Event `person.changed`. The last word counts, so there is no version. Raises `NotAllowed`, and `InvalidInput`
    without any name.
    """
    policies.require(policies.can_edit_profile(by, person))
    person.refresh_from_db()
    given, family = (rules.clean_name(name, limit=100) for name in (given_name, family_name))
    shown = rules.clean_name(display_name) or f"{given} {family}".strip()
    if not shown:
        raise InvalidInput(fields={"family_name": labels.MISSING_NAME})
    values = {
        "display_name": shown,
        "given_name": given,
        "family_name": family,
        "sort_name": sort_key(f"{family} {given}".strip() or shown)[:220],
    }
    changed = change_row(person, values, version=person.version)
    if changed:
        record(PersonChanged(fields=changed), subject=Subject("person", person.pk), actor=by.actor, at=now)
    return person


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


@unit
def change_signature(person: Person, signature: str, *, by: Viewer, now: datetime) -> Person:
    """Change what stands below a person's own mails; texts already written hold none. The person only.

    Event `person.changed`. Raises `NotAllowed`.
    """
    policies.require(policies.can_edit_profile(by, person))
    person.refresh_from_db()
    text = "\n".join(line.rstrip() for line in signature.strip().splitlines())[:SIGNATURE_LENGTH]
    changed = change_row(person, {"signature": text}, version=person.version)
    if changed:
        record(PersonChanged(fields=changed), subject=Subject("person", person.pk), actor=by.actor, at=now)
    return person
