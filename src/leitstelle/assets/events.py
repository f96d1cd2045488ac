"""What happened to devices: ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class AssetKindsShipped(EventData):
    """Subject: asset_kind 1. How many of the shipped kinds were missing and have been stored."""

    code: ClassVar[str] = "asset_kind.shipped"
    count: int


@dataclass(frozen=True)
class AssetAdded(EventData):
    """Subject: asset."""

    code: ClassVar[str] = "asset.added"
    kind: str
    organisation_id: int | None


@dataclass(frozen=True)
class AssetChanged(EventData):
    """Subject: asset. `fields` are the names of the columns that changed."""

    code: ClassVar[str] = "asset.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class AssetHandedOver(EventData):
    """Subject: asset. Somebody got the device, as main user or beside others."""

    code: ClassVar[str] = "asset.handed_over"
    person_id: int
    is_main: bool


@dataclass(frozen=True)
class AssetTakenBack(EventData):
    """Subject: asset. The person does not use it any more."""

    code: ClassVar[str] = "asset.taken_back"
    person_id: int


@dataclass(frozen=True)
class AssetRetired(EventData):
    """Subject: asset. `people` are the ids of who used it until then."""

    code: ClassVar[str] = "asset.retired"
    people: tuple[int, ...]


@dataclass(frozen=True)
class AssetReturned(EventData):
    """Subject: asset. A retired device is back in stock."""

    code: ClassVar[str] = "asset.returned"
