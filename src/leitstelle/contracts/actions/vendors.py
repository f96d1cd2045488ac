"""Every write on vendors and their contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.models import Organisation, OrganisationDomain
from leitstelle.accounts.policies import require
from leitstelle.accounts.rules import normalise_domain
from leitstelle.assets.models import AssetKind
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.contracts import events, labels, policies
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.rules.domains import is_public
from leitstelle.contracts.rules.patterns import NotUsable, checked
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

KIND = "vendor"
Row = TypeVar("Row", Vendor, UnderpinningContract)


@dataclass(frozen=True, kw_only=True)
class VendorInput:
    """What is known of a vendor. Without `mail_domains` the domain of the support address counts."""

    name: str
    support_mail: str = ""
    mail_domains: Sequence[str] = ()
    phone: str = ""
    portal_url: str = ""
    customer_number: str = ""
    number_patterns: Sequence[str] = ()
    language: str = "de"
    note: str = ""
    is_active: bool = True

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` by field."""
        name = " ".join(self.name.split())[:120]
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        return {
            "name": name,
            "sort_name": sort_key(name)[:120],
            "support_mail": _address(self.support_mail),
            "mail_domains": _domains(self.mail_domains, self.support_mail),
            "phone": self.phone.strip()[:40],
            "portal_url": self.portal_url.strip()[:300],
            "customer_number": self.customer_number.strip()[:60],
            "number_patterns": _patterns(self.number_patterns),
            "language": self.language,
            "note": self.note.strip(),
            "is_active": self.is_active,
        }


def _address(typed: str) -> str:
    address = typed.strip().lower()
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise InvalidInput(fields={"support_mail": labels.NO_ADDRESS}, value=address) from error
    return address


def _domains(typed: Sequence[str], support_mail: str) -> list[str]:
    """Domains whose every address belongs to the vendor: never a free mailer's, never our own people's."""
    own = support_mail.strip().lower().rpartition("@")[2]
    wanted = list(typed) or ([own] if own and not is_public(own) else [])
    found: list[str] = []
    for text in wanted:
        try:
            domain = normalise_domain(text)
        except ValueError as error:
            raise InvalidInput(fields={"mail_domains": labels.NO_DOMAIN}, value=text) from error
        if is_public(domain):
            raise InvalidInput(fields={"mail_domains": labels.PUBLIC_DOMAIN}, value=domain)
        found.append(domain)
    ours = OrganisationDomain.objects.filter(domain__in=found).exclude(
        organisation__kind=OrganisationKind.VENDOR
    )
    taken = ours.values_list("domain", flat=True).first()
    if taken:
        raise InvalidInput(fields={"mail_domains": labels.OWN_DOMAIN}, value=taken)
    return list(dict.fromkeys(found))


def _patterns(typed: Sequence[str]) -> list[str]:
    try:
        return checked(typed)
    except NotUsable as error:
        text = labels.PATTERN_PROBLEM[error.problem]
        raise InvalidInput(fields={"number_patterns": text}, value=error.pattern) from error


@dataclass(frozen=True, kw_only=True)
class ContractInput:
    """What a vendor promised; service seconds, days of the house."""

    name: str
    calendar: ServiceCalendar
    valid_from: date
    valid_until: date | None = None
    number: str = ""
    organisation: Organisation | None = None
    device_kind: AssetKind | None = None
    response_seconds: int | None = None
    resolution_seconds: int | None = None

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` by field."""
        name = " ".join(self.name.split())[:120]
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise InvalidInput(fields={"valid_until": labels.ENDS_BEFORE_IT_BEGINS})
        if not self.response_seconds and not self.resolution_seconds:
            raise InvalidInput(fields={"response_hours": labels.NOTHING_PROMISED})
        return {
            "name": name,
            "number": self.number.strip()[:60],
            "organisation_id": self.organisation.pk if self.organisation else None,
            "device_kind_id": self.device_kind.pk if self.device_kind else None,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "calendar_id": self.calendar.pk,
            "response_seconds": self.response_seconds or None,
            "resolution_seconds": self.resolution_seconds or None,
        }


@unit
def add_vendor(new: VendorInput, *, by: Viewer, now: datetime) -> Vendor:
    """Store a vendor. Administrators only. Event `vendor.added`. Raises `NotAllowed`, `InvalidInput`."""
    require(policies.can_keep_vendors(by))
    columns = new.columns()
    try:
        with transaction.atomic():
            vendor = Vendor.objects.create(**columns, created_at=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"name": labels.NAME_TAKEN}) from error
    _record(events.VendorAdded(), vendor.pk, by=by, now=now)
    return vendor


@unit
def change_vendor(vendor: Vendor, new: VendorInput, *, version: int, by: Viewer, now: datetime) -> Vendor:
    """Change a vendor; `version` is the one the editor saw. Administrators only. Event `vendor.changed`.

    Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    require(policies.can_keep_vendors(by))
    try:
        with transaction.atomic():
            changed = _change(vendor, new.columns(), version)
    except IntegrityError as error:
        raise InvalidInput(fields={"name": labels.NAME_TAKEN}) from error
    if changed:
        _record(events.VendorChanged(fields=changed), vendor.pk, by=by, now=now)
    return vendor


@unit
def add_contract(vendor: Vendor, new: ContractInput, *, by: Viewer, now: datetime) -> UnderpinningContract:
    """Store a contract. Administrators only. Event `vendor.contract_added`.

    Raises `NotAllowed`, `InvalidInput`.
    """
    require(policies.can_keep_vendors(by))
    contract = UnderpinningContract.objects.create(vendor=vendor, **new.columns())
    _record(events.ContractAdded(contract_id=contract.pk), vendor.pk, by=by, now=now)
    return contract


@unit
def change_contract(
    contract: UnderpinningContract, new: ContractInput, *, version: int, by: Viewer, now: datetime
) -> UnderpinningContract:
    """Change a contract; cases keep what was promised when they were opened. Administrators only.

    Event `vendor.contract_changed`. Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    require(policies.can_keep_vendors(by))
    changed = _change(contract, new.columns(), version)
    if changed:
        data = events.ContractChanged(contract_id=contract.pk, fields=changed)
        _record(data, contract.vendor_id, by=by, now=now)
    return contract


def _change(row: Row, columns: dict[str, Any], version: int) -> tuple[str, ...]:
    """Write what differs if nobody changed the row meanwhile. Raises `Conflict` with both values."""
    row.refresh_from_db()
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if not changed:
        return ()
    rows = row.__class__._default_manager.filter(pk=row.pk, version=version)
    if not rows.update(**changed, version=F("version") + 1):
        raise Conflict(theirs={name: getattr(row, name) for name in changed}, ours=changed)
    row.refresh_from_db()
    return tuple(sorted(changed))


def _record(data: EventData, vendor_id: int, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject(KIND, vendor_id), actor=by.actor, at=now)
