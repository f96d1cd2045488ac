"""Choosing what one is told and when, and what the house tells those who do not choose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from leitstelle.accounts.models import Person
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.choices import ROLES, MailChoice
from leitstelle.notifications.errors import NeverReachable
from leitstelle.notifications.events import DefaultsChanged, PreferencesChanged
from leitstelle.notifications.models import HouseDefault, Preference, Rhythm
from leitstelle.notifications.policies import can_choose, can_set_defaults
from leitstelle.notifications.queries.wishes import (
    DEFAULTS,
    defaults_in_use,
    kinds_for,
    own_choices,
    roles_of,
)
from leitstelle.notifications.rules.claims import Choice
from leitstelle.notifications.rules.shipped import SHIPPED
from leitstelle.notifications.rules.times import WEEK


@dataclass(frozen=True, kw_only=True)
class MyChoices:
    """Everything of the preferences page. Times are minutes after midnight in the person's zone, Monday is 0."""

    choices: Mapping[str, Choice]
    quiet_begin: int = 0
    quiet_end: int = 0
    quiet_days: tuple[int, ...] = ()
    calendar_id: int | None = None
    urgent_passes: bool = False
    batch_minutes: int = 15
    digest_at: int = 480


@unit()
def change_preferences(person: Person, new: MyChoices, *, by: Viewer, now: datetime) -> None:
    """Store what a person wants; what equals the default of their role goes on following it.

    Everybody for themselves. Records `PreferencesChanged`. Raises `NotAllowed`, `NeverReachable`, `InvalidInput`.
    """
    if not can_choose(by) or by.person_id != person.pk:
        raise NotAllowed
    if set(new.quiet_days) >= set(WEEK):
        raise NeverReachable(fields={"quiet_days": NeverReachable.default_message})
    role = roles_of([person.pk]).get(person.pk, ROLES[-1])
    _check(new.choices)
    changed = _keep_choices(
        person, {kind: new.choices[kind] for kind in kinds_for(role) if kind in new.choices}, role
    )
    changed += _keep_rhythm(person, new)
    if changed:
        data = PreferencesChanged(fields=tuple(sorted(changed)))
        record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)


def _check(choices: Mapping[str, Choice]) -> None:
    if any(choice.mail not in MailChoice.values for choice in choices.values()):
        raise InvalidInput


def _keep_choices(person: Person, choices: Mapping[str, Choice], role: str) -> list[str]:
    """Write the choices that differ from the defaults, forget those that no longer do; returns what changed."""
    before = own_choices([person.pk]).get(person.pk, {})
    defaults = defaults_in_use()
    changed = []
    for kind, choice in choices.items():
        wanted = None if choice == defaults[role, kind] else choice
        if wanted == before.get(kind):
            continue
        changed.append(str(kind))
        if wanted is None:
            Preference.objects.filter(person=person, kind=kind).delete()
        else:
            Preference.objects.update_or_create(person=person, kind=kind, defaults=asdict(wanted))
    return changed


def _keep_rhythm(person: Person, new: MyChoices) -> list[str]:
    wanted = {
        "quiet_begin": new.quiet_begin,
        "quiet_end": new.quiet_end,
        "quiet_days": sorted(set(new.quiet_days)),
        "calendar_id": new.calendar_id,
        "urgent_passes": new.urgent_passes,
        "batch_minutes": new.batch_minutes,
        "digest_at": new.digest_at,
    }
    row = Rhythm.objects.filter(person=person).first() or Rhythm(person=person)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed:
        Rhythm.objects.update_or_create(person=person, defaults=wanted)
    return changed


@unit()
def set_defaults(role: str, choices: Mapping[str, Choice], *, by: Viewer, now: datetime) -> None:
    """Say what people of a role are told who did not choose. Administrators. Records `DefaultsChanged`.

    Counts for what happens from now on. Raises `NotAllowed`, `InvalidInput`.
    """
    if not can_set_defaults(by):
        raise NotAllowed
    if role not in ROLES:
        raise InvalidInput
    _check(choices)
    before = defaults_in_use()
    changed = {
        kind: choices[kind]
        for kind in kinds_for(role)
        if kind in choices and choices[kind] != before[role, kind]
    }
    for kind, choice in changed.items():
        if choice == SHIPPED[role, kind]:
            HouseDefault.objects.filter(role=role, kind=kind).delete()
        else:
            HouseDefault.objects.update_or_create(role=role, kind=kind, defaults=asdict(choice))
    if changed:
        data = DefaultsChanged(changes=tuple(f"{role}:{kind}" for kind in sorted(changed)))
        record(data, subject=Subject(DEFAULTS, 1), actor=by.actor, at=now)
