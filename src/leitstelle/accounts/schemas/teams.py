"""Levels and teams."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.accounts.models import Level, Team, TeamMembership


class LevelOut(Schema):
    """One tier of a scheme of levels; `order` 1 is where tickets arrive."""

    scheme: str = Field(examples=["three-tier"])
    key: str = Field(examples=["first"])
    order: int
    name_de: str
    name_en: str
    short: str = Field(examples=["L1"])

    @classmethod
    def of(cls, level: Level) -> "LevelOut":
        return cls(
            scheme=level.scheme.key,
            key=level.key,
            order=level.order,
            name_de=level.name_de,
            name_en=level.name_en,
            short=level.short,
        )


class TeamOut(Schema):
    """Who works on tickets together."""

    id: UUID
    name: str = Field(examples=["Service Desk"])
    description: str
    level: LevelOut
    is_default: bool = Field(description="Where tickets go that no rule sends elsewhere")
    is_active: bool

    @classmethod
    def of(cls, team: Team) -> "TeamOut":
        return cls(**cls.facts(team))

    @staticmethod
    def facts(team: Team) -> dict[str, Any]:
        return {
            "id": team.public_id,
            "name": team.name,
            "description": team.description,
            "level": LevelOut.of(team.level),
            "is_default": team.is_default,
            "is_active": team.is_active,
        }


class MemberOut(Schema):
    """A person who works in a team."""

    id: UUID
    name: str
    is_lead: bool

    @classmethod
    def of(cls, row: TeamMembership) -> "MemberOut":
        return cls(id=row.person.public_id, name=row.person.display_name, is_lead=row.is_lead)


class TeamDetailOut(TeamOut):
    """A team with its members."""

    members: list[MemberOut]
