"""Creating and editing organisations with their mail domains."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from leitstelle.accounts import labels, policies, queries, rules
from leitstelle.accounts.actions.versions import change_row, refuse_stale, touch
from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.errors import AlreadyMerged, DomainTaken
from leitstelle.accounts.events import (
    OrganisationChanged,
    OrganisationCreated,
    OrganisationDeactivated,
    OrganisationReactivated,
)
from leitstelle.accounts.models import LevelScheme, Organisation, OrganisationDomain
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class OrganisationInput:
    """What is known of a customer or department.

    `domains` is the whole list; `None` leaves it, or the name of the portal, as it is.
    """

    name: str
    kind: OrganisationKind = OrganisationKind.CUSTOMER
    parent: Organisation | None = None
    language: str = ""
    level_scheme: LevelScheme | None = None
    note: str = ""
    portal_name: str | None = None
    domains: Sequence[str] | None = None

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` without a name."""
        name = rules.clean_name(self.name)
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        return {
            "name": name,
            "sort_name": sort_key(name)[:200],
            "kind": str(self.kind),
            "parent_id": self.parent.pk if self.parent else None,
            "language": self.language or str(settings.LANGUAGE_CODE),
            "level_scheme_id": self.level_scheme.pk if self.level_scheme else None,
            "note": self.note.strip(),
        } | (
            {} if self.portal_name is None else {"portal_name": rules.clean_name(self.portal_name, limit=80)}
        )


@unit
def create_organisation(new: OrganisationInput, *, by: Viewer, now: datetime) -> Organisation:
    """Store a customer or department. Administrators only.

    Event `organisation.created`. Raises `NotAllowed`, `InvalidInput`, `DomainTaken`.
    """
    policies.require(policies.can_administer(by))
    organisation = Organisation.objects.create(**new.columns(), created_at=now)
    data = OrganisationCreated(kind=organisation.kind, parent_id=organisation.parent_id)
    _record(data, organisation, by=by, now=now)
    _apply_domains(organisation, new.domains or ())
    return organisation


@unit
def edit_organisation(
    organisation: Organisation, new: OrganisationInput, *, version: int, by: Viewer, now: datetime
) -> Organisation:
    """Change what is known of an organisation; `version` is the one the editor saw. Administrators only.

    Event `organisation.changed`. Raises `NotAllowed`, `Conflict`, `InvalidInput`, `DomainTaken`.
    """
    policies.require(policies.can_administer(by))
    columns = new.columns()
    _check_parent(organisation, columns["parent_id"])
    if new.domains is not None:
        organisation.refresh_from_db()
        theirs = list(organisation.domains.values_list("domain", flat=True))
        ours = _normalised(new.domains)
        refuse_stale(organisation, version=version, name="domains", theirs=theirs, ours=ours)
    changed = change_row(organisation, columns, version=version)
    if new.domains is not None and _apply_domains(organisation, new.domains):
        touch(organisation)
        changed = (*changed, "domains")
    if changed:
        _record(OrganisationChanged(fields=changed), organisation, by=by, now=now)
    return organisation


def _check_parent(organisation: Organisation, parent_id: int | None) -> None:
    if parent_id is not None and parent_id in queries.with_descendants([organisation.pk])[organisation.pk]:
        raise InvalidInput(fields={"parent": labels.OWN_DESCENDANT})


def _apply_domains(organisation: Organisation, typed: Sequence[str]) -> bool:
    wanted = _normalised(typed)
    before = set(organisation.domains.values_list("domain", flat=True))
    organisation.domains.exclude(domain__in=wanted).delete()
    for place, domain in enumerate(wanted):
        if domain in before:
            continue
        try:
            with transaction.atomic():
                OrganisationDomain.objects.create(organisation=organisation, domain=domain)
        except IntegrityError as error:
            sentence = DomainTaken.default_message
            raise DomainTaken(fields={f"domains-{place}": sentence}, domain=domain) from error
    return before != set(wanted)


def _normalised(typed: Sequence[str]) -> list[str]:
    wanted: dict[str, None] = {}
    for place, value in enumerate(typed):
        try:
            wanted[rules.normalise_domain(value)] = None
        except ValueError as error:
            raise InvalidInput(fields={f"domains-{place}": labels.NOT_A_DOMAIN}) from error
    return list(wanted)


@unit
def deactivate_organisation(organisation: Organisation, *, by: Viewer, now: datetime) -> Organisation:
    """Take it out of choice lists and of recognising senders; people and tickets stay. Administrators only.

    Event `organisation.deactivated`. Raises `NotAllowed`.
    """
    return _set_active(organisation, False, OrganisationDeactivated(), by=by, now=now)


@unit
def reactivate_organisation(organisation: Organisation, *, by: Viewer, now: datetime) -> Organisation:
    """Undo `deactivate_organisation`. Administrators only. Event `organisation.reactivated`.

    Raises `NotAllowed`, and `AlreadyMerged` for an alias.
    """
    if organisation.merged_into_id is not None:
        raise AlreadyMerged
    return _set_active(organisation, True, OrganisationReactivated(), by=by, now=now)


def _set_active(
    organisation: Organisation, active: bool, data: EventData, *, by: Viewer, now: datetime
) -> Organisation:
    policies.require(policies.can_administer(by))
    rows = Organisation.objects.filter(pk=organisation.pk, is_active=not active)
    if rows.update(is_active=active):
        _record(data, organisation, by=by, now=now)
    organisation.refresh_from_db()
    return organisation


def _record(data: EventData, organisation: Organisation, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("organisation", organisation.pk), actor=by.actor, at=now)
