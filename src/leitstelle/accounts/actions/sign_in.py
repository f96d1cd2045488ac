"""Giving people a sign-in of their own: passwords, and claiming the person known by an address."""

from datetime import datetime

from leitstelle.accounts import policies
from leitstelle.accounts.actions.contacts import verify_contact_point
from leitstelle.accounts.actions.people import ensure_person_for_address
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.errors import LinkNotValid
from leitstelle.accounts.events import AccountClaimed, PasswordSet, SignedIn, SignInFailed
from leitstelle.accounts.models import Person
from leitstelle.accounts.rules import normalise_email
from leitstelle.kernel.events import Actor, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit
def set_password(person: Person, password: str, *, by: Viewer, now: datetime) -> Person:
    """Set the password; forms have checked its strength. The person, and administrators.

    Event `person.password_set`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by) or policies.can_edit_profile(by, person))
    person.set_password(password)
    person.save(update_fields=["password"])
    record(PasswordSet(), subject=Subject("person", person.pk), actor=by.actor, at=now)
    return person


@unit
def claim_account(address: str, name: str, password: str, *, by: Viewer, now: datetime) -> Person:
    """Give the person behind a proven address a sign-in, creating the person if nobody knows it.

    Called by the product itself once the link sent to `address` was confirmed. Somebody who can
    sign in already is not touched: then an address noted by an agent would take over an account.
    Events `person.account_claimed`, `person.contact_point_verified`, `person.password_set`. Raises
    `LinkNotValid`, `NotAllowed`.
    """
    policies.require(by.is_system)
    person, created = ensure_person_for_address(address, name, by=by, now=now)
    if not person.is_active or (not created and person.has_usable_password()):
        raise LinkNotValid
    point = person.contact_points.get(kind=ContactKind.EMAIL, normalised=normalise_email(address))
    data = AccountClaimed(contact_point_id=point.pk)
    record(data, subject=Subject("person", person.pk), actor=Actor.person(person.pk), at=now)
    verify_contact_point(point, by=by, now=now)
    return set_password(person, password, by=by, now=now)


@unit
def note_sign_in(person: Person, *, now: datetime) -> None:
    """Record `person.signed_in`: who looked at the desk when is part of the audit trail."""
    record(SignedIn(), subject=Subject("person", person.pk), actor=Actor.person(person.pk), at=now)


@unit
def note_failed_sign_in(person: Person, *, now: datetime) -> None:
    """Record `person.sign_in_failed` for the person whose address was used; nobody knows who tried."""
    record(SignInFailed(), subject=Subject("person", person.pk), actor=Actor.system("sign-in"), at=now)
