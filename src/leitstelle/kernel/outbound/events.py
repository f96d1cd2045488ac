"""Past-tense facts of endpoints; subject is the endpoint."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class EndpointCreated(EventData):
    code: ClassVar[str] = "outbound.endpoint_created"


@dataclass(frozen=True)
class EndpointChanged(EventData):
    """Names of the fields that changed."""

    code: ClassVar[str] = "outbound.endpoint_changed"

    fields: tuple[str, ...]
