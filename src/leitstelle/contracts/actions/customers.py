"""Every write on customers' contracts: made, changed by a further version, ended by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import require
from leitstelle.catalog.models import Category
from leitstelle.contracts import events, labels, policies
from leitstelle.contracts.errors import ContractsOverlap
from leitstelle.contracts.models import CustomerContract, CustomerContractVersion
from leitstelle.contracts.queries.customers import branches_of, day_words, newest_versions
from leitstelle.contracts.rules.coverage import overlap
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer

KIND = "customer_contract"


@dataclass(frozen=True, kw_only=True)
class CustomerContractInput:
    """What is known of a contract; days of the house, without `categories` every service is covered."""

    number: str
    name: str
    valid_from: date
    valid_until: date | None = None
    categories: Sequence[Category] = ()

    def checked(self) -> "CustomerContractInput":
        """The same, tidied. Raises `InvalidInput` by field."""
        number, name = " ".join(self.number.split())[:60], " ".join(self.name.split())[:120]
        if not number:
            raise InvalidInput(fields={"number": labels.MISSING_NUMBER})
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise InvalidInput(fields={"valid_until": labels.ENDS_BEFORE_IT_BEGINS})
        return CustomerContractInput(
            number=number,
            name=name,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            categories=tuple(self.categories),
        )

    @property
    def category_ids(self) -> tuple[int, ...]:
        return tuple(sorted(one.pk for one in self.categories))


@unit
def add_customer_contract(
    organisation: Organisation, new: CustomerContractInput, *, by: Viewer, now: datetime
) -> CustomerContract:
    """Store a customer's contract with its first version. Administrators only. Event `customer_contract.added`.

    Raises `NotAllowed`, `InvalidInput`, `ContractsOverlap`.
    """
    require(policies.can_keep_customer_contracts(by))
    new = new.checked()
    _refuse_overlap(organisation.pk, new, but=None)
    contract = CustomerContract.objects.create(
        organisation=organisation, number=new.number, name=new.name, created_at=now
    )
    _write_version(contract, new, number=1, now=now)
    added = events.CustomerContractAdded(organisation_id=organisation.pk, **_told(new))
    _record(contract, added, by=by, now=now)
    return contract


@unit
def change_customer_contract(
    contract: CustomerContract, new: CustomerContractInput, *, seen: int, by: Viewer, now: datetime
) -> CustomerContract:
    """Change a contract; other days or services count for tickets opened from now on. Administrators only.

    `seen` is the number of the newest version that the editor knew. Event `customer_contract.changed`, nothing where
    all is the same. Raises `NotAllowed`, `InvalidInput`, `ContractsOverlap`, `Conflict`.
    """
    require(policies.can_keep_customer_contracts(by))
    new, last = new.checked(), _newest(contract, seen)
    _refuse_overlap(contract.organisation_id, new, but=contract)
    before = {
        "number": contract.number,
        "name": contract.name,
        "valid_from": last.valid_from,
        "valid_until": last.valid_until,
        "category_ids": tuple(sorted(last.categories.values_list("pk", flat=True))),
    }
    changed = tuple(sorted(name for name, value in before.items() if getattr(new, name) != value))
    if not changed:
        return contract
    number = last.number
    if {"valid_from", "valid_until", "category_ids"} & set(changed):
        number += 1
        _write_version(contract, new, number=number, now=now)
    CustomerContract.objects.filter(pk=contract.pk).update(number=new.number, name=new.name)
    contract.number, contract.name = new.number, new.name
    data = events.CustomerContractChanged(
        organisation_id=contract.organisation_id,
        number=number,
        fields=changed,
        **_told(new),
    )
    _record(contract, data, by=by, now=now)
    return contract


def _told(new: CustomerContractInput) -> dict[str, Any]:
    """What events tell of a contract: its days and the ids of what it covers."""
    return {
        "valid_from": new.valid_from.isoformat(),
        "valid_until": _iso(new.valid_until),
        "category_ids": new.category_ids,
    }


@unit
def end_customer_contract(
    contract: CustomerContract, last_day: date, *, seen: int, by: Viewer, now: datetime
) -> CustomerContract:
    """Let a contract end with a day; tickets opened before now keep what they have. Administrators only.

    Event `customer_contract.ended`. Raises `NotAllowed`, `InvalidInput` for a day before it begins, `Conflict`.
    """
    require(policies.can_keep_customer_contracts(by))
    last = _newest(contract, seen)
    if last_day < last.valid_from:
        raise InvalidInput(fields={"valid_until": labels.ENDS_BEFORE_IT_BEGINS})
    if last.valid_until is not None and last.valid_until <= last_day:
        return contract
    new = CustomerContractInput(
        number=contract.number,
        name=contract.name,
        valid_from=last.valid_from,
        valid_until=last_day,
        categories=tuple(last.categories.all()),
    )
    _write_version(contract, new, number=last.number + 1, now=now)
    ended = events.CustomerContractEnded(
        organisation_id=contract.organisation_id, number=last.number + 1, valid_until=last_day.isoformat()
    )
    _record(contract, ended, by=by, now=now)
    return contract


def _newest(contract: CustomerContract, seen: int) -> CustomerContractVersion:
    last = contract.versions.order_by("-number").first()
    if last is None or last.number != seen:
        raise Conflict
    return last


def _write_version(
    contract: CustomerContract, new: CustomerContractInput, *, number: int, now: datetime
) -> None:
    version = CustomerContractVersion.objects.create(
        contract=contract,
        number=number,
        recorded_at=now,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
    )
    version.categories.set(new.categories)


def _refuse_overlap(
    organisation_id: int, new: CustomerContractInput, *, but: CustomerContract | None
) -> None:
    """Raise `ContractsOverlap` where another contract of the customer covers a service on the same day."""
    rows = CustomerContract.objects.filter(organisation=organisation_id)
    others = list(rows.exclude(pk=but.pk) if but is not None else rows)
    newest = newest_versions(others)
    wanted = (new.valid_from, new.valid_until, branches_of(new.category_ids))
    for other in others:
        version = newest.get(other.pk)
        if version is None:
            continue
        ids = [one.pk for one in version.categories.all()]
        if overlap(wanted, (version.valid_from, version.valid_until, branches_of(ids))):
            raise ContractsOverlap(
                other=str(other),
                begin=day_words(version.valid_from),
                end=day_words(version.valid_until),
            )


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _record(contract: CustomerContract, data: EventData, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject(KIND, contract.pk), actor=by.actor, at=now)
