"""Shapes of categories and scales in the API."""

from ninja import Schema
from pydantic import Field

from leitstelle.catalog.models import Category, Impact, Priority, ResolutionCode, Service, Urgency


class CategoryOut(Schema):
    """A node of the category tree; tickets name it by `key`."""

    key: str = Field(examples=["workplace.notebook"])
    parent: str | None = Field(description="Key of the category above", examples=["workplace"])
    name_de: str
    name_en: str
    order: int
    is_active: bool

    @classmethod
    def of(cls, row: Category) -> "CategoryOut":
        return cls(
            key=row.key,
            parent=row.parent.key if row.parent else None,
            name_de=row.name_de,
            name_en=row.name_en,
            order=row.order,
            is_active=row.is_active,
        )


class ServiceOut(Schema):
    """What people use and tickets are about; tickets name it by `key`."""

    key: str = Field(examples=["mail"])
    name_de: str
    name_en: str
    is_active: bool

    @classmethod
    def of(cls, row: Service) -> "ServiceOut":
        return cls(key=row.key, name_de=row.name_de, name_en=row.name_en, is_active=row.is_active)


class ScaleOut(Schema):
    """A value of impact, urgency or resolution; tickets name it by `key`."""

    key: str = Field(examples=["group"])
    name_de: str
    name_en: str
    order: int

    @classmethod
    def of(cls, row: Impact | Urgency | ResolutionCode) -> "ScaleOut":
        return cls(key=row.key, name_de=row.name_de, name_en=row.name_en, order=row.order)


class PriorityOut(Schema):
    """A priority; tickets name it by `rank`, 1 is worst."""

    rank: int = Field(examples=[2])
    key: str
    name_de: str
    name_en: str

    @classmethod
    def of(cls, row: Priority) -> "PriorityOut":
        return cls(rank=row.rank, key=row.key, name_de=row.name_de, name_en=row.name_en)


class MatrixCellOut(Schema):
    """Which priority an impact and an urgency give together."""

    impact: str
    urgency: str
    priority: int


class ScalesOut(Schema):
    """What tickets are classified with, and the matrix of the house."""

    priorities: list[PriorityOut]
    impacts: list[ScaleOut] = Field(description="Mildest first")
    urgencies: list[ScaleOut] = Field(description="Worst first")
    resolution_codes: list[ScaleOut]
    matrix: list[MatrixCellOut]
