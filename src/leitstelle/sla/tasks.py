"""What the clock process runs for this domain."""

from datetime import datetime, timedelta

from leitstelle.kernel.work import schedule
from leitstelle.sla.actions import ring_due_alarms


@schedule("sla.alarms", every=timedelta(seconds=30))
def ring(now: datetime) -> None:
    """Record the thresholds that were reached since the last run."""
    while ring_due_alarms(now) >= 500:
        pass
