"""What happened to vendors and contracts: ids and codes only. Their subject is the vendor."""

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
