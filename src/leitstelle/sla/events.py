"""Past-tense facts of the sla domain."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class ThresholdReached(EventData):
    """A clock has used `percent` of its target, after `percent_before` was told; who reacts is not this domain's
    matter."""

    code: ClassVar[str] = "sla.threshold_reached"

    metric: str
    percent: int
    agreement_version: int
    percent_before: int = 0
    level_id: int | None = None


@dataclass(frozen=True)
class PauseEnded(EventData):
    """Pauses of a ticket's clocks lasted as long as agreed; they run again."""

    code: ClassVar[str] = "sla.pause_ended"

    metrics: tuple[str, ...]


@dataclass(frozen=True)
class WorkaroundGiven(EventData):
    """The requester can work again, in another way; subject is the ticket."""

    code: ClassVar[str] = "sla.workaround_given"


@dataclass(frozen=True)
class CauseCorrected(EventData):
    """Somebody said another cause of a missed target than was computed; subject is the ticket."""

    code: ClassVar[str] = "sla.cause_corrected"

    metric: str
    level_id: int | None
    cause: str


@dataclass(frozen=True)
class AgreementCreated(EventData):
    """Empty ids and codes fit everything."""

    code: ClassVar[str] = "sla.agreement_created"

    organisation_id: int | None
    category_id: int | None
    kind: str
    priority: int | None
    contract_id: int | None = None
    service_id: int | None = None


@dataclass(frozen=True)
class AgreementPublished(EventData):
    """A version holds from `valid_from` (ISO 8601) on, where it `takes_over` for open tickets too."""

    code: ClassVar[str] = "sla.agreement_published"

    version_id: int
    number: int
    valid_from: str = ""
    takes_over: bool = False


@dataclass(frozen=True)
class AgreementRenamed(EventData):
    code: ClassVar[str] = "sla.agreement_renamed"


@dataclass(frozen=True)
class AgreementEnded(EventData):
    """Tickets opened from now on do not fall under it."""

    code: ClassVar[str] = "sla.agreement_ended"


@dataclass(frozen=True)
class AgreementRestored(EventData):
    code: ClassVar[str] = "sla.agreement_restored"
