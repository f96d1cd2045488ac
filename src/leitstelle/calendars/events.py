"""What happened to service hours. Subject: calendar."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class CalendarCreated(EventData):
    """`organisation_id` is None for service hours of the house."""

    code: ClassVar[str] = "calendar.created"
    key: str
    organisation_id: int | None


@dataclass(frozen=True)
class CalendarRenamed(EventData):
    """The key stays, the name is on the row."""

    code: ClassVar[str] = "calendar.renamed"


@dataclass(frozen=True)
class CalendarVersionPublished(EventData):
    """From `valid_from` (ISO 8601) on the version of that number holds."""

    code: ClassVar[str] = "calendar.version_published"
    number: int
    valid_from: str


@dataclass(frozen=True)
class CalendarMadeDefault(EventData):
    """`previous_id` is the calendar that was the owner's default before."""

    code: ClassVar[str] = "calendar.made_default"
    organisation_id: int | None
    previous_id: int | None


@dataclass(frozen=True)
class CalendarRetired(EventData):
    """It can no longer be chosen; what was promised by it stays."""

    code: ClassVar[str] = "calendar.retired"


@dataclass(frozen=True)
class CalendarRestored(EventData):
    code: ClassVar[str] = "calendar.restored"
