"""Setting a mail aside that could not be processed, visible with its reason."""

import traceback
from datetime import datetime

from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.choices import InboundState, Reason
from leitstelle.intake.events import MailQuarantined
from leitstelle.intake.models import InboundMail
from leitstelle.kernel.events import Subject, record, unit


@unit()
def quarantine(
    mail: InboundMail, *, reason: Reason, now: datetime, error: Exception | None = None, detail: str = ""
) -> bool:
    """Set an accepted mail aside, visible with its reason; the traceback is kept apart. Records `MailQuarantined`.

    Returns whether it was still to be processed.
    """
    trace = "".join(traceback.format_exception(error)) if error else ""
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.ACCEPTED)
    changed = waiting.update(
        state=InboundState.QUARANTINED,
        reason_code=reason,
        reason_detail=f"{type(error).__name__}: {error}"[:1000] if error else detail[:1000],
        error_trace=trace.replace("\x00", "")[-20_000:],
        attempts=mail.attempts + 1,
    )
    if changed:
        record(MailQuarantined(reason=reason), subject=Subject("inbound_mail", mail.pk), actor=ACTOR, at=now)
    return bool(changed)
