"""What happened to the category tree and the scales."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class DefaultsShipped(EventData):
    """Subject: catalog 1. How many rows of the shipped defaults were missing and have been stored."""

    code: ClassVar[str] = "catalog.defaults_shipped"
    categories: int
    others: int


@dataclass(frozen=True)
class CategoryCreated(EventData):
    """Subject: category."""

    code: ClassVar[str] = "category.created"
    key: str
    parent_id: int | None


@dataclass(frozen=True)
class CategoryChanged(EventData):
    code: ClassVar[str] = "category.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class CategoryMoved(EventData):
    """It changed places with its neighbour; `place` counts from 0 among its siblings."""

    code: ClassVar[str] = "category.moved"
    place: int


@dataclass(frozen=True)
class CategoryDeactivated(EventData):
    code: ClassVar[str] = "category.deactivated"


@dataclass(frozen=True)
class CategoryReactivated(EventData):
    code: ClassVar[str] = "category.reactivated"


@dataclass(frozen=True)
class PriorityMatrixChanged(EventData):
    """Subject: priority_matrix (the organisation's id, 0 is the house).

    Cells as `impact:urgency:rank:rank before`; `valid_from` is ISO 8601. Version 1 had neither versions nor branches,
    and cells without the rank before.
    """

    code: ClassVar[str] = "priority_matrix.changed"
    version: ClassVar[int] = 2
    cells: tuple[str, ...]
    category_id: int | None = None
    version_id: int | None = None
    valid_from: str | None = None
    service_id: int | None = None


@dataclass(frozen=True)
class PriorityMatrixReset(EventData):
    """The scope follows what is beneath it again: a customer the house, a branch the whole."""

    code: ClassVar[str] = "priority_matrix.reset"
    version: ClassVar[int] = 2
    category_id: int | None = None
    version_id: int | None = None
    service_id: int | None = None


@dataclass(frozen=True)
class ServiceCreated(EventData):
    """Subject: service."""

    code: ClassVar[str] = "service.created"
    key: str


@dataclass(frozen=True)
class ServiceChanged(EventData):
    code: ClassVar[str] = "service.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PriorityModifierCreated(EventData):
    """Subject: priority_modifier."""

    code: ClassVar[str] = "priority_modifier.created"
    key: str


@dataclass(frozen=True)
class PriorityModifierChanged(EventData):
    code: ClassVar[str] = "priority_modifier.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PriorityModifierMoved(EventData):
    """It changed places with its neighbour; `place` counts from 0."""

    code: ClassVar[str] = "priority_modifier.moved"
    place: int
