"""Creating, editing, deactivating people; making sure that a sender is somebody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction

from leitstelle.accounts import labels, policies, queries, rules
from leitstelle.accounts.actions.administrators import ensure_one_remains, lock_administrators
from leitstelle.accounts.actions.contacts import ContactInput, apply_contact_points, keyed
from leitstelle.accounts.actions.versions import change_row, refuse_stale
from leitstelle.accounts.choices import ContactKind, PersonKind, PreferredChannel, Role
from leitstelle.accounts.errors import AlreadyMerged
from leitstelle.accounts.events import PersonChanged, PersonCreated, PersonDeactivated, PersonReactivated
from leitstelle.accounts.models import ContactPoint, Organisation, Person, Site
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class PersonInput:
    """What is known of a person. Without `display_name` the names make it, without names they are guessed.

    `contacts` is the whole list of addresses and numbers; `None` leaves it as it is, as
    with `preferred_channel`, where "" says that there is no preference.
    """

    display_name: str = ""
    given_name: str = ""
    family_name: str = ""
    kind: PersonKind = PersonKind.HUMAN
    job_title: str = ""
    organisation: Organisation | None = None
    site: Site | None = None
    room: str = ""
    language: str = field(default_factory=lambda: queries.house_facts().language)
    time_zone: str = field(default_factory=lambda: queries.house_facts().time_zone)
    is_vip: bool = False
    preferred_channel: PreferredChannel | Literal[""] | None = None
    note: str = ""
    contacts: Sequence[ContactInput] | None = None

    def columns(self) -> dict[str, Any]:
        """The values of the row, names completed. Raises `InvalidInput` without any name."""
        given, family = rules.clean_name(self.given_name), rules.clean_name(self.family_name)
        shown = rules.clean_name(self.display_name) or f"{given} {family}".strip()
        if not shown:
            raise InvalidInput(fields={"display_name": labels.MISSING_NAME})
        if not (given or family) and self.kind == PersonKind.HUMAN:
            given, family = rules.split_name(shown)
        return {
            "display_name": shown,
            "given_name": given[:100],
            "family_name": family[:100],
            "sort_name": sort_key(f"{family} {given}".strip() or shown)[:220],
            "kind": str(self.kind),
            "job_title": rules.clean_name(self.job_title, limit=120),
            "organisation_id": self.organisation.pk if self.organisation else None,
            "site_id": self._site_id(),
            "room": rules.clean_name(self.room, limit=40),
            "language": self.language,
            "time_zone": self.time_zone,
            "is_vip": self.is_vip,
            "note": self.note.strip(),
            **self._channel(),
        }

    def _channel(self) -> dict[str, str]:
        return {} if self.preferred_channel is None else {"preferred_channel": str(self.preferred_channel)}

    def _site_id(self) -> int | None:
        # A site belongs to one organisation; keeping a foreign one would show a wrong address.
        own = self.site and self.organisation and self.site.organisation_id == self.organisation.pk
        return self.site.pk if self.site and own else None


@unit
def create_person(new: PersonInput, *, by: Viewer, now: datetime) -> Person:
    """Store a person with addresses and numbers. Agents and administrators, within their scope.

    Event `person.created`. Raises `NotAllowed`, `InvalidInput`, `AddressTaken`.
    """
    policies.require(policies.can_create_person(by))
    columns = new.columns()
    policies.require(policies.covered(by, [columns["organisation_id"]]))
    person = Person(**columns, created_at=now)
    person.set_unusable_password()
    person.save(force_insert=True)
    _record_created(person, by=by, now=now)
    apply_contact_points(person, new.contacts or (), by=by, now=now)
    return person


def _record_created(person: Person, *, by: Viewer, now: datetime) -> None:
    data = PersonCreated(kind=person.kind, organisation_id=person.organisation_id)
    record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)


@unit
def edit_person(person: Person, new: PersonInput, *, version: int, by: Viewer, now: datetime) -> Person:
    """Change what is known of a person; `version` is the one the editor saw.

    Administrators, and agents for requesters in their scope. Events `person.changed` and those of
    the addresses. Raises `NotAllowed`, `Conflict`, `InvalidInput`, `AddressTaken`.
    """
    policies.require(policies.can_edit_person(by, person))
    columns = new.columns()
    policies.require(policies.covered(by, [columns["organisation_id"]]))
    if new.contacts is not None:
        _refuse_stale_contacts(person, new.contacts, version)
    changed = change_row(person, columns, version=version)
    if changed:
        data = PersonChanged(fields=changed)
        record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)
    if new.contacts is not None:
        apply_contact_points(person, new.contacts, by=by, now=now)
    return person


def _refuse_stale_contacts(person: Person, contacts: Sequence[ContactInput], version: int) -> None:
    person.refresh_from_db()
    theirs = [point.normalised for point in person.contact_points.all()]
    ours = [normalised for _kind, normalised in keyed(contacts)]
    refuse_stale(person, version=version, name="contacts", theirs=theirs, ours=ours)


@dataclass(frozen=True, kw_only=True)
class NotesInput:
    """What agents should know of a person at a glance."""

    note: str = ""
    is_vip: bool = False
    preferred_channel: PreferredChannel | Literal[""] = ""


@unit
def change_notes(person: Person, new: NotesInput, *, version: int, by: Viewer, now: datetime) -> Person:
    """Change note, importance and preferred channel; `version` is the one the editor saw. Editors of the person.

    Event `person.changed`. Raises `NotAllowed`, `Conflict`.
    """
    policies.require(policies.can_edit_person(by, person))
    values = {
        "note": new.note.strip(),
        "is_vip": new.is_vip,
        "preferred_channel": str(new.preferred_channel),
    }
    changed = change_row(person, values, version=version)
    if changed:
        record(PersonChanged(fields=changed), subject=Subject("person", person.pk), actor=by.actor, at=now)
    return person


@unit
def deactivate_person(person: Person, *, by: Viewer, now: datetime) -> Person:
    """Take away sign-in and choice lists; tickets and history stay. Administrators only.

    Event `person.deactivated`. Raises `NotAllowed`, `LastAdministrator`.
    """
    policies.require(policies.can_administer(by))
    is_administrator = person.grants.filter(role=Role.ADMINISTRATOR).exists()
    if is_administrator:
        lock_administrators()
    if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        if is_administrator:
            ensure_one_remains()
        record(PersonDeactivated(), subject=Subject("person", person.pk), actor=by.actor, at=now)
    person.refresh_from_db()
    return person


@unit
def reactivate_person(person: Person, *, by: Viewer, now: datetime) -> Person:
    """Undo `deactivate_person`. Administrators only. Event `person.reactivated`.

    Raises `NotAllowed`, and `AlreadyMerged` for an alias.
    """
    policies.require(policies.can_administer(by))
    if person.merged_into_id is not None:
        raise AlreadyMerged
    if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        record(PersonReactivated(), subject=Subject("person", person.pk), actor=by.actor, at=now)
    person.refresh_from_db()
    return person


@unit
def ensure_person_for_address(
    address: str, name: str = "", *, by: Viewer, now: datetime, language: str | None = None
) -> tuple[Person, bool]:
    """Return whose mail address it is, and whether the person was created for it just now.

    An unknown sender becomes a person without sign-in, in the organisation that owns the domain;
    the address stays unverified. Agents and the product itself. Event `person.created`. Raises
    `NotAllowed`, and `InvalidInput` for what is no address.
    """
    policies.require(policies.can_create_person(by))
    known = queries.find_by_email(address)
    if known:
        return known, False
    try:
        normalised = rules.normalise_email(address)
    except ValueError as error:
        raise InvalidInput(fields={"address": labels.NOT_AN_ADDRESS}) from error
    person, created = _insert_sender(address, normalised, name, language=language, now=now)
    if created:
        _record_created(person, by=by, now=now)
    return person, created


def _insert_sender(
    address: str, normalised: str, name: str, *, language: str | None, now: datetime
) -> tuple[Person, bool]:
    organisation = queries.organisation_for_address(normalised)
    is_function = rules.is_function_address(normalised)
    shown = rules.clean_name(name)
    known = PersonInput(
        display_name=shown if shown and "@" not in shown else rules.name_from_address(normalised),
        kind=PersonKind.FUNCTION if is_function else PersonKind.HUMAN,
        organisation=organisation,
        language=language or (organisation.language if organisation else queries.house_facts().language),
    )
    try:
        with transaction.atomic():
            person = Person(**known.columns(), created_at=now)
            person.set_unusable_password()
            person.save(force_insert=True)
            ContactPoint.objects.create(
                person=person,
                kind=ContactKind.EMAIL,
                value=address.strip()[: rules.MAX_ADDRESS],
                normalised=normalised,
                is_primary=True,
            )
    except IntegrityError:
        # Two mails of the same stranger at once: the other one came first.
        other = queries.find_by_email(normalised)
        if other is None:
            raise
        return other, False
    return person, True
