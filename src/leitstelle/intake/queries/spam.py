"""Mail the server called spam."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from leitstelle.intake.choices import InboundState, Step
from leitstelle.intake.models import InboundMail

KEEP_SPAM = timedelta(days=30)


def spam() -> QuerySet[InboundMail]:
    """What is kept apart, newest first."""
    return InboundMail.objects.complete().filter(state=InboundState.SPAM).order_by("-received_at", "-pk")


def old_spam(now: datetime) -> QuerySet[InboundMail]:
    """What nobody asked for within the time it is kept."""
    return InboundMail.objects.filter(state=InboundState.SPAM, received_at__lt=now - KEEP_SPAM)


def called_no_spam(mail: InboundMail) -> bool:
    """Whether somebody said that this mail is none."""
    return any(item.get("step") == Step.SPAM and item.get("result") == "not spam" for item in mail.decisions)
