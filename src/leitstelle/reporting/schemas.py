"""The overview of those who lead in the API."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from leitstelle.reporting.choices import Risk
from leitstelle.reporting.queries import CAP, LoadRow, Overview


class RiskOut(Schema):
    """How many open tickets are at one risk."""

    risk: Risk
    count: int
    more: bool = Field(description="There are more than were counted")


class LoadOut(Schema):
    """What lies at one level, team or person: open tickets, and how many of them are what."""

    id: str = Field(description="Key of the level, else the id; empty for tickets that have none")
    name: str
    open: int
    overdue: int
    due_soon: int
    unassigned: int
    waiting: int

    @classmethod
    def of(cls, row: LoadRow) -> "LoadOut":
        load = row.load
        return cls(
            id=row.key,
            name=row.name,
            open=load.open,
            overdue=load.overdue,
            due_soon=load.soon,
            unassigned=load.unassigned,
            waiting=load.waiting,
        )


class OverviewOut(Schema):
    """Where the teams stand that the viewer leads, or all they see where they lead none."""

    at: datetime
    due_soon_until: datetime
    untouched_since: datetime
    risks: list[RiskOut]
    levels: list[LoadOut]
    teams: list[LoadOut]
    people: list[LoadOut] | None = Field(description="Null where the house shows no persons")

    @classmethod
    def of(cls, found: Overview) -> "OverviewOut":
        return cls(
            at=found.moments.now,
            due_soon_until=found.moments.soon,
            untouched_since=found.moments.quiet_since,
            risks=[
                RiskOut(risk=risk, count=min(count, CAP - 1), more=count >= CAP)
                for risk, count in found.counts.items()
            ],
            levels=[LoadOut.of(row) for row in found.levels],
            teams=[LoadOut.of(row) for row in found.teams],
            people=[LoadOut.of(row) for row in found.people] if found.settings.show_people else None,
        )
