"""What happened to guides. Subject: guide."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class GuidesShipped(EventData):
    """Subject: knowledge 1. How many of the shipped guides were missing and have been stored."""

    code: ClassVar[str] = "knowledge.guides_shipped"
    guides: int


@dataclass(frozen=True)
class GuideCreated(EventData):
    code: ClassVar[str] = "guide.created"
    key: str


@dataclass(frozen=True)
class GuideDrafted(EventData):
    """Its text was changed; what counts is still the published version."""

    code: ClassVar[str] = "guide.drafted"
    is_import: bool = False


@dataclass(frozen=True)
class GuidePublished(EventData):
    """Its text counts from now on, as version `number`."""

    code: ClassVar[str] = "guide.published"
    number: int


@dataclass(frozen=True)
class GuideRetired(EventData):
    code: ClassVar[str] = "guide.retired"


@dataclass(frozen=True)
class GuideRestored(EventData):
    code: ClassVar[str] = "guide.restored"


@dataclass(frozen=True)
class GuideExported(EventData):
    """Its text left the house as a file."""

    code: ClassVar[str] = "guide.exported"


@dataclass(frozen=True)
class GuideHelped(EventData):
    """A hint of version `number` solved it; no ticket was needed."""

    code: ClassVar[str] = "guide.helped"
    number: int
    question: str
