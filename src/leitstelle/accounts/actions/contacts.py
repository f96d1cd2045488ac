"""Addresses and numbers of people, and allauth's copy of the verified ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.actions.versions import touch
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.errors import AddressTaken
from leitstelle.accounts.events import (
    ContactPointAdded,
    ContactPointRemoved,
    ContactPointResumed,
    ContactPointSuspended,
    ContactPointVerified,
    PrimaryContactPointChosen,
)
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """An address or a number as it was typed."""

    kind: ContactKind
    value: str
    label: str = ""
    is_primary: bool = False

    def normalised(self, country: str = "DE") -> str:
        """The form that is compared. Raises `InvalidInput` with the field `value`."""
        try:
            if self.kind == ContactKind.EMAIL:
                return rules.normalise_email(self.value)
            return rules.normalise_phone(self.value, country)
        except ValueError as error:
            is_email = self.kind == ContactKind.EMAIL
            sentence = labels.NOT_AN_ADDRESS if is_email else labels.NOT_A_NUMBER
            raise InvalidInput(fields={"value": sentence}, value=self.value) from error


@unit
def add_contact_point(person: Person, new: ContactInput, *, by: Viewer, now: datetime) -> ContactPoint:
    """Add an address or number, unverified. Editors of the person; everybody numbers for themselves.

    Nobody adds addresses to themselves unproven (see `prove_address`): mail from there would count
    as theirs, and its owner's tickets would open to them. Event `person.contact_point_added`.
    Returns the existing row if the person has it already. Raises `NotAllowed`, `InvalidInput`,
    `AddressTaken`.
    """
    own_number = new.kind != ContactKind.EMAIL and policies.can_edit_profile(by, person)
    policies.require(policies.can_edit_person(by, person) or own_number)
    point = _add(person, new, by=by, now=now)
    _keep_one_primary(person)
    sync_sign_in(person)
    touch(person)
    return point


@unit
def remove_contact_point(point: ContactPoint, *, by: Viewer, now: datetime) -> None:
    """Remove an address or number. Editors of the person; everybody for themselves.

    Event `person.contact_point_removed`. Raises `NotAllowed`.
    """
    person = point.person
    policies.require(policies.can_edit_person(by, person) or policies.can_edit_profile(by, person))
    _remove(point, by=by, now=now)
    _keep_one_primary(person)
    sync_sign_in(person)
    touch(person)


@unit
def choose_primary_contact_point(point: ContactPoint, *, by: Viewer, now: datetime) -> ContactPoint:
    """Make this the address mail goes to (or the number to call first). Event
    `person.primary_contact_point_chosen`. Raises `NotAllowed`."""
    person = point.person
    policies.require(policies.can_edit_person(by, person) or policies.can_edit_profile(by, person))
    if not point.is_primary:
        _choose_primary(point, by=by, now=now)
        sync_sign_in(person)
        touch(person)
    point.refresh_from_db()
    return point


@unit
def change_contact_points(
    person: Person, contacts: Sequence[ContactInput], *, by: Viewer, now: datetime
) -> Person:
    """Make `contacts` the whole list of a person's addresses and numbers; verified ones stay verified.

    One event per address added, removed or made primary. Raises `NotAllowed`, `InvalidInput`,
    `AddressTaken` (field `contacts-<position>`).
    """
    policies.require(policies.can_edit_person(by, person))
    apply_contact_points(person, contacts, by=by, now=now)
    return person


def apply_contact_points(
    person: Person, contacts: Sequence[ContactInput], *, by: Viewer, now: datetime
) -> None:
    """The change of `change_contact_points` for actions that have asked the policy themselves."""
    before = {(point.kind, point.normalised): point for point in person.contact_points.all()}
    wanted = keyed(contacts)
    gone = [point for key, point in before.items() if key not in wanted]
    for point in gone:
        _remove(point, by=by, now=now)
    changed = bool(gone)
    for place, (key, contact) in enumerate(wanted.items()):
        changed |= _apply_one(person, before.get(key), contact, place, by=by, now=now)
    if changed:
        _keep_one_primary(person)
        sync_sign_in(person)
        touch(person)


def keyed(contacts: Sequence[ContactInput]) -> dict[tuple[str, str], ContactInput]:
    """The entries by kind and compared form, repeated ones once. Raises `InvalidInput` (`contacts-<position>`)."""
    wanted: dict[tuple[str, str], ContactInput] = {}
    for place, contact in enumerate(contacts):
        try:
            wanted.setdefault((str(contact.kind), contact.normalised()), contact)
        except InvalidInput as error:
            raise InvalidInput(fields={f"contacts-{place}": error.fields["value"]}) from error
    return wanted


def _apply_one(
    person: Person,
    point: ContactPoint | None,
    contact: ContactInput,
    place: int,
    *,
    by: Viewer,
    now: datetime,
) -> bool:
    if point is None:
        try:
            point = _add(person, contact, by=by, now=now)
        except AddressTaken as error:
            raise AddressTaken(fields={f"contacts-{place}": error.message}) from error
        return True
    typed = {"value": contact.value.strip(), "label": rules.clean_name(contact.label, limit=60)}
    moved = any(getattr(point, name) != value for name, value in typed.items())
    if moved:
        ContactPoint.objects.filter(pk=point.pk).update(**typed)
    if contact.is_primary and not point.is_primary:
        _choose_primary(point, by=by, now=now)
        return True
    return moved


def _add(person: Person, new: ContactInput, *, by: Viewer, now: datetime) -> ContactPoint:
    normalised = new.normalised()
    own = person.contact_points.filter(kind=new.kind, normalised=normalised).first()
    if own:
        return own
    try:
        with transaction.atomic():
            point = ContactPoint.objects.create(
                person=person,
                kind=new.kind,
                value=new.value.strip(),
                normalised=normalised,
                label=rules.clean_name(new.label, limit=60),
            )
    except IntegrityError as error:
        raise AddressTaken(fields={"value": AddressTaken.default_message}) from error
    _record(ContactPointAdded(contact_point_id=point.pk, kind=point.kind), point, by=by, now=now)
    if new.is_primary:
        _choose_primary(point, by=by, now=now)
    return point


def _remove(point: ContactPoint, *, by: Viewer, now: datetime) -> None:
    data = ContactPointRemoved(contact_point_id=point.pk, kind=point.kind)
    _record(data, point, by=by, now=now)
    point.delete()


def _choose_primary(point: ContactPoint, *, by: Viewer, now: datetime) -> None:
    _siblings(point.person, point.kind).exclude(pk=point.pk).update(is_primary=False)
    ContactPoint.objects.filter(pk=point.pk).update(is_primary=True)
    point.is_primary = True
    data = PrimaryContactPointChosen(contact_point_id=point.pk, kind=point.kind)
    _record(data, point, by=by, now=now)


def _siblings(person: Person, kind: str) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(person=person, **_same_means(kind))


def _same_means(kind: str) -> dict[str, object]:
    if kind == ContactKind.EMAIL:
        return {"kind": ContactKind.EMAIL}
    return {"kind__in": (ContactKind.PHONE, ContactKind.MOBILE)}


def _keep_one_primary(person: Person) -> None:
    """The oldest address (number) is the primary one as long as nobody chose another."""
    for kind in (ContactKind.EMAIL, ContactKind.PHONE):
        points = _siblings(person, kind)
        if not points.filter(is_primary=True).exists():
            oldest = points.order_by("id").values_list("id", flat=True).first()
            points.filter(pk=oldest or 0).update(is_primary=True)


@unit
def verify_contact_point(point: ContactPoint, *, by: Viewer, now: datetime) -> ContactPoint:
    """Record that the person proved the address is theirs; from now on it signs in.

    The product itself after a link in a mail was confirmed, administrators by hand. Event
    `person.contact_point_verified`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    if ContactPoint.objects.filter(pk=point.pk, verified_at=None).update(verified_at=now):
        _record(ContactPointVerified(contact_point_id=point.pk), point, by=by, now=now)
        sync_sign_in(point.person)
    point.refresh_from_db()
    return point


@unit
def prove_address(person: Person, address: str, *, by: Viewer, now: datetime) -> ContactPoint:
    """Record that `address` is the person's, adding it if it is nobody's; from now on it signs in.

    The product itself, once the person confirmed the link sent there. Events
    `person.contact_point_added`, `person.contact_point_verified`. Raises `NotAllowed`,
    `InvalidInput`, `AddressTaken`.
    """
    policies.require(by.is_system)
    point = _add(person, ContactInput(kind=ContactKind.EMAIL, value=address), by=by, now=now)
    _keep_one_primary(person)
    verify_contact_point(point, by=by, now=now)
    touch(person)
    return point


@unit
def suspend_contact_point(point: ContactPoint, *, reason: str, by: Viewer, now: datetime) -> ContactPoint:
    """Stop writing to an address whose mail comes back; `reason` is shown to agents, at most 200 characters.

    Agents and the product itself. Event `person.contact_point_suspended`. Raises `NotAllowed`.
    """
    policies.require(policies.can_edit_person(by, point.person))
    suspended = {"suspended_at": now, "suspended_reason": rules.clean_name(reason)}
    if ContactPoint.objects.filter(pk=point.pk, suspended_at=None).update(**suspended):
        _record(ContactPointSuspended(contact_point_id=point.pk), point, by=by, now=now)
    point.refresh_from_db()
    return point


@unit
def resume_contact_point(point: ContactPoint, *, by: Viewer, now: datetime) -> ContactPoint:
    """Write to the address again. Editors of the person. Event `person.contact_point_resumed`."""
    policies.require(policies.can_edit_person(by, point.person))
    suspended = ContactPoint.objects.filter(pk=point.pk, suspended_at__isnull=False)
    if suspended.update(suspended_at=None, suspended_reason=""):
        _record(ContactPointResumed(contact_point_id=point.pk), point, by=by, now=now)
    point.refresh_from_db()
    return point


def _record(data: EventData, point: ContactPoint, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("person", point.person_id), actor=by.actor, at=now)


def sync_sign_in(person: Person) -> None:
    """Make allauth's addresses equal to the verified mail addresses of the person, and nothing more."""
    verified = ContactPoint.objects.filter(person=person, kind=ContactKind.EMAIL, verified_at__isnull=False)
    wanted = [point.normalised for point in verified.order_by("-is_primary", "id")]
    EmailAddress.objects.filter(user=person).exclude(email__in=wanted).delete()
    EmailAddress.objects.filter(user=person).update(primary=False)
    for place, address in enumerate(wanted):
        EmailAddress.objects.update_or_create(
            user=person, email=address, defaults={"verified": True, "primary": place == 0}
        )
