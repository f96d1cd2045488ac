"""What people do with quarantined mail: try again, or decide that nothing comes of it."""

from datetime import datetime

from leitstelle.intake.choices import InboundState, Reason, Step
from leitstelle.intake.errors import NotInQuarantine
from leitstelle.intake.events import MailAccepted, MailDropped, MailReplayed
from leitstelle.intake.models import InboundMail
from leitstelle.intake.policies import can_decide, visible_mail
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit()
def replay(mail: InboundMail, *, by: Viewer, now: datetime) -> InboundMail:
    """Let the worker try a quarantined mail again. Agents. Records `MailReplayed` and `MailAccepted`.

    Raises `NotAllowed`; `NotInQuarantine` where somebody was faster.
    """
    _need_right(by, mail)
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.QUARANTINED)
    note = {"step": str(Step.REPLAYED), "evidence": mail.reason_code, "result": ""}
    if not waiting.update(state=InboundState.ACCEPTED, decisions=[*mail.decisions, note]):
        raise NotInQuarantine()
    subject = Subject("inbound_mail", mail.pk)
    record(MailReplayed(), subject=subject, actor=by.actor, at=now)
    data = MailAccepted(mailbox_id=mail.mailbox_id, source="replay")
    record(data, subject=subject, actor=by.actor, at=now)
    mail.refresh_from_db()
    return mail


def replay_all(*, by: Viewer, now: datetime) -> int:
    """Replay everything in quarantine `by` sees that is not too large; returns how many. Raises `NotAllowed`."""
    if not by.is_agent:
        raise NotAllowed()
    count = 0
    waiting = visible_mail(by).filter(state=InboundState.QUARANTINED).exclude(reason_code=Reason.TOO_LARGE)
    for mail in waiting.order_by("received_at", "pk"):
        try:
            replay(mail, by=by, now=now)
            count += 1
        except NotInQuarantine:
            continue
    return count


@unit()
def drop(mail: InboundMail, *, by: Viewer, now: datetime) -> InboundMail:
    """Take a mail out of quarantine without result; its source stays. Agents. Records `MailDropped`.

    Raises `NotAllowed`, `NotInQuarantine`.
    """
    _need_right(by, mail)
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.QUARANTINED)
    if not waiting.update(state=InboundState.DISCARDED, reason_code=Reason.DROPPED, processed_at=now):
        raise NotInQuarantine()
    record(MailDropped(), subject=Subject("inbound_mail", mail.pk), actor=by.actor, at=now)
    mail.refresh_from_db()
    return mail


def _need_right(by: Viewer, mail: InboundMail) -> None:
    if not can_decide(by, mail):
        raise NotAllowed()
