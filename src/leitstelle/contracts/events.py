"""What happened to vendors and contracts: ids and codes only. Subjects are the vendor, and the customer's contract."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class VendorAdded(EventData):
    code: ClassVar[str] = "vendor.added"


@dataclass(frozen=True)
class VendorChanged(EventData):
    """`fields` are the names of the columns that changed."""

    code: ClassVar[str] = "vendor.changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class ContractAdded(EventData):
    code: ClassVar[str] = "vendor.contract_added"

    contract_id: int


@dataclass(frozen=True)
class ContractChanged(EventData):
    """`fields` are the names of the columns that changed."""

    code: ClassVar[str] = "vendor.contract_changed"

    contract_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class CustomerContractAdded(EventData):
    """A customer's contract; days are those of the house, without categories all services are covered."""

    code: ClassVar[str] = "customer_contract.added"

    organisation_id: int
    valid_from: str
    valid_until: str | None
    category_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class CustomerContractChanged(EventData):
    """`number` is that of the newest version, `fields` what is other than before."""

    code: ClassVar[str] = "customer_contract.changed"

    organisation_id: int
    number: int
    fields: tuple[str, ...]
    valid_from: str
    valid_until: str | None
    category_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class CustomerContractEnded(EventData):
    """`valid_until` is its last day."""

    code: ClassVar[str] = "customer_contract.ended"

    organisation_id: int
    number: int
    valid_until: str
