"""Past-tense facts of the sla domain."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class ThresholdReached(EventData):
    """A clock has used `percent` of its target; who reacts is not this domain's matter."""

    code: ClassVar[str] = "sla.threshold_reached"

    metric: str
    percent: int
    agreement_version: int


@dataclass(frozen=True)
class AgreementPublished(EventData):
    code: ClassVar[str] = "sla.agreement_published"

    version_id: int
    number: int
