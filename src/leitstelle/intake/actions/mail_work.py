"""One mail on its way through the decisions, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leitstelle.accounts.models import Person
from leitstelle.intake.choices import InboundState, Step
from leitstelle.intake.models import InboundMail
from leitstelle.intake.rules.mail import ParsedMail
from leitstelle.intake.rules.mail.identity import Writer
from leitstelle.intake.rules.mail.trust import Trust
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import (
    NewFile,
)
from leitstelle.tickets.models import Message, Ticket, VendorCase


@dataclass
class Work:
    """One mail on its way through the decisions."""

    mail: InboundMail
    parsed: ParsedMail
    files: tuple[NewFile, ...]
    own: frozenset[str]
    by: Viewer
    now: datetime
    person: Person | None = None
    writer: Writer | None = None
    trust: Trust = Trust.NOT_CHECKED
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def note(self, step: Step, evidence: str, result: str = "", **more: Any) -> None:
        self.decisions.append({"step": str(step), "evidence": evidence[:500], "result": result, **more})


@dataclass(frozen=True)
class Outcome:
    outcome: str
    ticket: Ticket | None = None
    message: Message | None = None
    state: InboundState = InboundState.PROCESSED
    reason: str = ""
    vendor_case: VendorCase | None = None
