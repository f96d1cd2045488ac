"""Shapes of agreements in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.sla.choices import PROMISED, Metric, StepAction, Verdict
from leitstelle.sla.models import Agreement, AgreementVersion
from leitstelle.sla.queries.previews import Preview
from leitstelle.sla.queries.words import why_words
from leitstelle.sla.rules.precedence import Judgement


class TargetOut(Schema):
    """How long one metric may take at one priority."""

    metric: Metric
    priority: int
    level: str | None = Field(description="Key of the support level whose internal target it is")
    service_seconds: int
    working_days: int | None = Field(description="Set where it was promised in working days")
    calendar: UUID = Field(description="The service hours it is counted in")


class StepOut(Schema):
    """What happens when a clock has used a part of its target."""

    metric: Metric
    percent: int
    action: StepAction
    team: UUID | None


class AgreementItem(Schema):
    """An agreement and what it is for; null fits everything."""

    id: UUID
    name: str
    organisation: UUID | None
    contract: UUID | None = Field(description="The customer's contract it is for")
    category: str | None
    service: str | None = Field(description="Key of `/services`")
    kind: str | None
    priority: int | None
    active: bool
    version: int | None = Field(description="Number of the version for tickets opened now")
    valid_from: datetime | None

    @classmethod
    def of(cls, agreement: Agreement, version: AgreementVersion | None) -> Self:
        return cls(**_item(agreement, version))


class AgreementOut(AgreementItem):
    """An agreement with the terms of the version for tickets opened now."""

    calendar: UUID | None
    warn_percent: int | None
    critical_percent: int | None
    pauses_for_vendor: bool
    pauses_for_others: bool
    longest_pause_seconds: int | None
    restarts_on_reopening: bool
    targets: list[TargetOut]
    steps: list[StepOut]

    @classmethod
    def of(cls, agreement: Agreement, version: AgreementVersion | None) -> Self:
        return cls(
            **_item(agreement, version),
            calendar=version.calendar.public_id if version else None,
            warn_percent=version.warn_percent if version else None,
            critical_percent=version.crit_percent if version else None,
            pauses_for_vendor=bool(version and version.pause_for_vendor),
            pauses_for_others=bool(version and version.pause_for_third),
            longest_pause_seconds=version.longest_pause_seconds if version else None,
            restarts_on_reopening=bool(version and version.restart_on_reopen),
            targets=_targets(version) if version else [],
            steps=_steps(version) if version else [],
        )


class JudgedOut(Schema):
    """An agreement, and why it would apply or not."""

    id: UUID
    name: str
    verdict: Verdict
    why: str = Field(description="The same in words; names the contract of an agreement that is for one")


class DueOut(Schema):
    """When a ticket of one priority, opened now, would be due; metrics that are not promised are left out."""

    priority: int
    due: dict[Metric, datetime]


class WhichOut(Schema):
    """Which agreement would apply to a ticket opened now, and why; `agreement` is null where none does."""

    agreement: UUID | None
    judged: list[JudgedOut]
    due: list[DueOut]

    @classmethod
    def of(
        cls,
        judged: Sequence[tuple[Agreement, Judgement]],
        best: Judgement | None,
        due: Sequence[Preview],
    ) -> Self:
        return cls(
            agreement=next((row.public_id for row, one in judged if one is best), None),
            judged=[
                JudgedOut(id=row.public_id, name=row.name, verdict=one.verdict, why=why_words(one))
                for row, one in judged
            ],
            due=[
                DueOut(
                    priority=one.rank,
                    due={
                        metric: moment
                        for metric, moment in zip(PROMISED, one.moments, strict=True)
                        if moment is not None
                    },
                )
                for one in due
            ],
        )


def _item(agreement: Agreement, version: AgreementVersion | None) -> dict[str, Any]:
    return {
        "id": agreement.public_id,
        "name": agreement.name,
        "organisation": agreement.organisation.public_id if agreement.organisation else None,
        "contract": agreement.contract.public_id if agreement.contract else None,
        "category": agreement.category.key if agreement.category else None,
        "service": agreement.service.key if agreement.service else None,
        "kind": agreement.kind or None,
        "priority": agreement.priority_id,
        "active": agreement.is_active,
        "version": version.number if version else None,
        "valid_from": version.valid_from if version else None,
    }


def _targets(version: AgreementVersion) -> list[TargetOut]:
    rows = version.targets.select_related("calendar", "level").order_by("metric", "level", "priority")
    return [
        TargetOut(
            metric=Metric(one.metric),
            priority=one.priority_id,
            level=one.level.key if one.level else None,
            service_seconds=one.seconds,
            working_days=one.days,
            calendar=(one.calendar or version.calendar).public_id,
        )
        for one in rows
    ]


def _steps(version: AgreementVersion) -> list[StepOut]:
    return [
        StepOut(
            metric=Metric(one.metric),
            percent=one.percent,
            action=StepAction(one.action),
            team=one.team.public_id if one.team else None,
        )
        for one in version.steps.select_related("team")
    ]
