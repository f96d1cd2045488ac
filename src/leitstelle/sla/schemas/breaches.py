"""Shapes of missed targets in the API."""

from datetime import datetime
from typing import Annotated, Self

from ninja import Schema
from pydantic import Field, StringConstraints

from leitstelle.kernel.api.reading import RowId
from leitstelle.sla.choices import Cause, Metric
from leitstelle.sla.queries.breaches import Breach


class BreachOut(Schema):
    """A missed target, what its time was used for, and the cause that counts: the corrected one where there is one."""

    metric: Metric
    level_id: int | None = Field(description="The support level of an internal target")
    breached_at: datetime
    service_seconds: dict[Cause, int] = Field(description="Service time by what the ticket waited for")
    computed: Cause | None
    corrected: Cause | None
    reason: str = Field(description="Why it was corrected")
    cause: Cause | None

    @classmethod
    def of(cls, breach: Breach) -> Self:
        corrected = Cause(breach.corrected.cause) if breach.corrected else None
        return cls(
            metric=breach.key.metric,
            level_id=breach.key.level,
            breached_at=breach.at,
            service_seconds={cause: round(seconds) for cause, seconds in breach.shares.items()},
            computed=breach.computed,
            corrected=corrected,
            reason=breach.corrected.reason if breach.corrected else "",
            cause=corrected or breach.computed,
        )


class CauseIn(Schema):
    """Another cause of a missed target, and why."""

    metric: Metric
    level_id: RowId | None = None
    cause: Cause
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300)]
