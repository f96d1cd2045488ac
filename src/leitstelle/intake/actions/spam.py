"""Saying that a mail is no spam after all, and forgetting what is."""

from datetime import datetime

from leitstelle.intake.choices import InboundState, Step
from leitstelle.intake.errors import NotInQuarantine
from leitstelle.intake.events import MailAccepted, MailNotSpam
from leitstelle.intake.models import InboundMail
from leitstelle.intake.policies import can_decide
from leitstelle.intake.queries.spam import old_spam
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@unit()
def no_spam(mail: InboundMail, *, by: Viewer, now: datetime) -> InboundMail:
    """Let a mail that was kept apart become what it would have been. Agents.

    Records `MailNotSpam` and `MailAccepted`. Raises `NotAllowed`; `NotInQuarantine` where somebody was faster.
    """
    if not can_decide(by, mail):
        raise NotAllowed()
    waiting = InboundMail.objects.filter(pk=mail.pk, state=InboundState.SPAM)
    note = {"step": str(Step.SPAM), "evidence": "", "result": "not spam"}
    if not waiting.update(state=InboundState.ACCEPTED, reason_code="", decisions=[*mail.decisions, note]):
        raise NotInQuarantine()
    subject = Subject("inbound_mail", mail.pk)
    record(MailNotSpam(), subject=subject, actor=by.actor, at=now)
    record(
        MailAccepted(mailbox_id=mail.mailbox_id, source="no spam"), subject=subject, actor=by.actor, at=now
    )
    mail.refresh_from_db()
    return mail


def forget_spam(now: datetime) -> int:
    """Delete spam nobody asked for within 30 days; its source goes with the next clean-up. Returns how many."""
    return old_spam(now).delete()[0]
