"""What the clock does for the outbox."""

from datetime import datetime, timedelta

from leitstelle.kernel.mail.actions import release_held
from leitstelle.kernel.mail.sending import ACTOR, due, rescue, send
from leitstelle.kernel.work.schedules import schedule


@schedule("outbox.retry", every=timedelta(seconds=30))
def retry(now: datetime) -> None:
    """Send what is due again, settle dead tries, release what waited for an account."""
    rescue(now)
    for mail_id in due(now):
        send(mail_id, now)
    release_held(actor=ACTOR, now=now)
