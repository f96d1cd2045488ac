"""What the clock process runs for this domain."""

from datetime import datetime, timedelta

from leitstelle.kernel.work import schedule
from leitstelle.sla.actions import ring_due_alarms, take_over


@schedule("sla.alarms", every=timedelta(seconds=30))
def ring(now: datetime) -> None:
    """Record the thresholds that were reached since the last run."""
    while ring_due_alarms(now) >= 500:
        pass


@schedule("sla.take_over", every=timedelta(minutes=1))
def begin_versions(now: datetime) -> None:
    """Let versions that begin now and take over count for open tickets."""
    take_over(now)
