"""Past-tense facts of automation: ids and codes only. Their subject is the webhook, unless they say otherwise."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class HookCreated(EventData):
    code: ClassVar[str] = "inbound_hook.created"


@dataclass(frozen=True)
class HookChanged(EventData):
    """Names of what changed: columns or `secret`; never their values."""

    code: ClassVar[str] = "inbound_hook.changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class ReportTaken(EventData):
    """A report became something: `state` is a `ReportState`."""

    code: ClassVar[str] = "inbound_hook.report_taken"

    report_id: int
    state: str
    ticket_id: int | None


@dataclass(frozen=True)
class WishChanged(EventData):
    """What an endpoint is told changed; the subject is the endpoint."""

    code: ClassVar[str] = "endpoint.wish_changed"

    codes: tuple[str, ...]


@dataclass(frozen=True)
class CallDue(EventData):
    """An endpoint is to be called, for the first time or once more; the subject is the call."""

    code: ClassVar[str] = "outgoing_call.due"
