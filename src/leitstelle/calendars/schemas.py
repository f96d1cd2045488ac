"""Shapes of service hours in the API."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.calendars.models import CalendarVersion, ServiceCalendar
from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Moment

# Five years of service time; beyond that the sums are of no use and only cost.
_MOST_SECONDS = 5 * 366 * 24 * 3600


class CalendarOut(Schema):
    """Service hours, and the version that holds now."""

    id: UUID
    key: str = Field(examples=["standard"])
    name: str
    organisation: Ref | None = Field(description="Whose they are; null for those of the house")
    is_default: bool
    version: int
    valid_from: datetime
    time_zone: str = Field(examples=["Europe/Berlin"])
    hours: dict[str, list[str]] = Field(
        description="Frames of local time by weekday", examples=[{"mon": ["08:00-17:00"]}]
    )
    country: str = Field(description="Whose public holidays are kept; empty for none", examples=["DE"])
    state: str = Field(examples=["SN"])

    @classmethod
    def of(cls, row: ServiceCalendar, version: CalendarVersion) -> "CalendarOut":
        owner = row.organisation
        return cls(
            id=row.public_id,
            key=row.key,
            name=row.name,
            organisation=Ref(id=owner.public_id, name=owner.name) if owner else None,
            is_default=row.is_default,
            version=version.number,
            valid_from=version.valid_from,
            time_zone=version.tz,
            hours=_frames(version.hours),
            country=version.country,
            state=version.subdivision,
        )


def _frames(hours: dict[str, Any]) -> dict[str, list[str]]:
    return {day: [f"{begin}-{end}" for begin, end in frames] for day, frames in hours.items()}


class PauseIn(Schema):
    """A time that does not count."""

    start: Moment
    end: Moment


Pauses = Annotated[list[PauseIn], Field(default_factory=list, max_length=50)]


class DeadlineIn(Schema):
    """From when, and how much service time is to pass."""

    start: Moment
    seconds: float = Field(ge=0, le=_MOST_SECONDS, examples=[14400])
    pauses: Pauses


class WorkedIn(Schema):
    """From when to when; at most ten years."""

    start: Moment
    end: Moment
    pauses: Pauses


class IsOpenIn(Schema):
    """The moment that is asked for."""

    at: Moment


class StepOut(Schema):
    """A step from the start to the deadline; which fields there are depends on `step`."""

    step: str = Field(examples=["FrameUsed", "DaySkipped", "Paused"])
    at: datetime
    until: datetime | None = None
    seconds: float | None = None
    total: float | None = None
    day: date | None = None
    kind: str | None = None
    name: str | None = None
    frames: list[str] | None = None


class DeadlineOut(Schema):
    """When the service time has passed, and how that comes about."""

    deadline: datetime
    steps: list[StepOut]


class WorkedOut(Schema):
    """Service time between two moments."""

    seconds: float


class IsOpenOut(Schema):
    """Whether a moment is service time, and the next one that is."""

    is_open: bool
    next_opening: datetime | None
