"""Reads for the outbox page and the doctor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject
from leitstelle.kernel.mail.choices import HoldReason, MailState
from leitstelle.kernel.mail.models import OutboxMail
from leitstelle.kernel.viewer import Viewer

NEEDS_ATTENTION = (MailState.FAILED, MailState.UNKNOWN, MailState.HELD)


@dataclass(frozen=True)
class OutboxPage:
    """Mails, newest first, with their recipients loaded; counts per state over everything not yet sent."""

    mails: tuple[OutboxMail, ...]
    counts: dict[str, int]
    after: int | None


def may_see_outbox(viewer: Viewer) -> bool:
    """Administrators only: the outbox shows subjects and recipients of every ticket."""
    return viewer.is_admin and viewer.is_agent


def outbox_page(
    viewer: Viewer, *, states: tuple[str, ...] = (), after: int | None = None, size: int = 50
) -> OutboxPage:
    """Return a page of the outbox; `after` is the value of the page before. Raises NotAllowed."""
    if not may_see_outbox(viewer):
        raise NotAllowed
    mails = OutboxMail.objects.prefetch_related("recipients").order_by("-pk")
    if states:
        mails = mails.filter(state__in=states)
    if after is not None:
        mails = mails.filter(pk__lt=after)
    found = list(mails[: size + 1])
    return OutboxPage(tuple(found[:size]), state_counts(), found[size - 1].pk if len(found) > size else None)


def state_counts() -> dict[str, int]:
    """How many mails stand in each state that is not settled."""
    settled = (MailState.SENT, MailState.SKIPPED)
    open_mails = OutboxMail.objects.exclude(state__in=settled).order_by()
    return dict(open_mails.values_list("state").annotate(number=Count("pk")))


def mails_about(subject: Subject) -> QuerySet[OutboxMail]:
    """The mails about a subject, oldest first, with recipients; the caller has checked who may see them."""
    mails = OutboxMail.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return mails.prefetch_related("recipients").order_by("pk")


def alarms(now: datetime) -> dict[str, int]:
    """What an operator should look at: mails held by the loop brake, and mails that wait for more than an hour."""
    return {
        "loops": stopped_loops().count(),
        "late": OutboxMail.objects.filter(
            state__in=[MailState.QUEUED, MailState.SENDING], queued_at__lt=now - timedelta(hours=1)
        ).count(),
    }


def stopped_loops() -> QuerySet[OutboxMail]:
    """Automatic mails that were held because too many left in an hour, the newest first."""
    reasons = [HoldReason.LOOP, HoldReason.THREAD]
    return OutboxMail.objects.filter(state=MailState.HELD, hold_reason__in=reasons).order_by("-pk")


def held_after_restore() -> int:
    """How many mails wait for a decision because the desk was restored."""
    return OutboxMail.objects.filter(state=MailState.HELD, hold_reason=HoldReason.RESTORED).count()
