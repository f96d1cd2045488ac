"""What the clock process runs for this domain."""

from datetime import datetime, timedelta

from leitstelle.kernel.work import schedule
from leitstelle.notifications.actions import prune, send_due


@schedule("notifications.send", every=timedelta(seconds=20))
def send(now: datetime) -> None:
    """Send the mails that are due; what several events within seconds say about a ticket is one of them."""
    send_due(now)


@schedule("notifications.prune", daily_at="03:50")
def forget(now: datetime) -> None:
    """Delete what was read long ago."""
    prune(now)
