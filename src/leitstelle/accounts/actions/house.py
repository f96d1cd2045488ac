"""Naming the house, and noting which of the first steps are settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.actions.organisations import (
    OrganisationInput,
    create_organisation,
    edit_organisation,
)
from leitstelle.accounts.actions.versions import change_row
from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.events import FirstStepSettled, HouseChanged
from leitstelle.accounts.models import House, Organisation
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class HouseInput:
    """The company, what its portal is called, and what new people start with.

    `domains` is the whole list of the company's mail domains; `None` leaves it as it is, and so do the others.
    """

    company: str
    portal_name: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    domains: Sequence[str] | None = None
    tells_handover: bool | None = None
    handover_text_de: str | None = None
    handover_text_en: str | None = None


@unit
def save_house(new: HouseInput, *, version: int | None = None, by: Viewer, now: datetime) -> House:
    """Name the house; its company is created where there is none, else renamed. Administrators only.

    `version` is the one the editor saw. Events `house.changed` and those of the company. Raises `NotAllowed`,
    `InvalidInput` (field `company`, `domains-0`, …), `DomainTaken`, `Conflict`.
    """
    policies.require(policies.can_administer(by))
    if not rules.clean_name(new.company):
        raise InvalidInput(fields={"company": labels.MISSING_NAME})
    house = _house()
    values: dict[str, Any] = {
        "company_id": _company(house, new, by=by, now=now).pk,
        "portal_name": rules.clean_name(new.portal_name, limit=80),
        "language": new.language,
        "time_zone": new.time_zone,
    }
    for name in ("tells_handover", "handover_text_de", "handover_text_en"):
        wanted = getattr(new, name)
        if wanted is not None:
            values[name] = wanted.strip()[:1000] if isinstance(wanted, str) else wanted
    changed = change_row(house, values, version=house.version if version is None else version)
    if changed:
        _record(HouseChanged(fields=changed), by=by, now=now)
    return house


def _house() -> House:
    house, _ = House.objects.select_related("company").get_or_create(pk=1)
    return house


def _company(house: House, new: HouseInput, *, by: Viewer, now: datetime) -> Organisation:
    name = rules.clean_name(new.company)
    company = house.company
    if company is None:
        internal = Organisation.objects.filter(kind=OrganisationKind.INTERNAL, is_active=True)
        company = internal.filter(name=name).first()
    if company is None:
        kind = OrganisationKind.INTERNAL
        given = OrganisationInput(name=name, kind=kind, language=new.language, domains=new.domains or ())
        return create_organisation(given, by=by, now=now)
    known = OrganisationInput(
        name=name,
        kind=OrganisationKind(company.kind),
        parent=company.parent,
        language=new.language,
        level_scheme=company.level_scheme,
        note=company.note,
        domains=new.domains,
    )
    return edit_organisation(company, known, version=company.version, by=by, now=now)


@unit
def settle_first_step(step: str, state: str, *, by: Viewer, now: datetime) -> None:
    """Note that a first step is done or skipped; an empty `state` opens it again. Administrators only.

    Event `house.first_step_settled`, none where nothing changes. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    house = House.objects.select_for_update().get(pk=_house().pk)
    settled = {name: kept for name, kept in house.settled.items() if name != step}
    if state:
        settled[step] = state
    if settled == house.settled:
        return
    House.objects.filter(pk=house.pk).update(settled=settled)
    _record(FirstStepSettled(step=step, state=state), by=by, now=now)


def _record(data: EventData, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("house", 1), actor=by.actor, at=now)
