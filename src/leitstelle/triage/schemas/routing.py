"""Shapes of rules and of the next best ticket in the API."""

from typing import Any, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.triage.choices import Trigger, Why
from leitstelle.triage.models import Rule
from leitstelle.triage.queries.giving import Next


class RuleOut(Schema):
    """A rule. What it does not set is null; `conditions` are those of saved views."""

    id: UUID
    name: str
    active: bool
    triggers: list[Trigger]
    conditions: dict[str, Any] = Field(description="`match`, and `rows` of column, operator and value")
    category: str | None
    service: str | None
    kind: str | None
    impact: str | None
    urgency: str | None
    team: UUID | None
    assignee: UUID | None
    watcher: UUID | None
    stops: bool = Field(description="Rules after it do not look at the ticket any more")
    version: int

    @classmethod
    def of(cls, rule: Rule) -> Self:
        flags = {
            Trigger.OPENED: rule.on_opening,
            Trigger.CHANGED: rule.on_change,
            Trigger.HANDED_OVER: rule.on_handover,
        }
        return cls(
            id=rule.public_id,
            name=rule.name,
            active=rule.is_active,
            triggers=[trigger for trigger, on in flags.items() if on],
            conditions=rule.conditions,
            category=rule.category.key if rule.category else None,
            service=rule.service.key if rule.service else None,
            kind=rule.kind or None,
            impact=rule.impact_id,
            urgency=rule.urgency_id,
            team=rule.team.public_id if rule.team else None,
            assignee=rule.assignee.public_id if rule.assignee else None,
            watcher=rule.watcher.public_id if rule.watcher else None,
            stops=rule.stops,
            version=rule.version,
        )


class NextTicketOut(Schema):
    """The ticket that was taken, null where nothing waits, and why it came first."""

    id: UUID | None
    number: int | None
    reasons: list[Why]

    @classmethod
    def of(cls, found: Next) -> Self:
        ticket = found.ticket
        return cls(id=ticket.public_id, number=ticket.number, reasons=list(found.reasons))
