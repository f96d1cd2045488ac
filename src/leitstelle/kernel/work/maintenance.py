"""The kernel's own schedules: prune what is finished, checkpoint the journal."""

from datetime import datetime, timedelta

from leitstelle.kernel import limits
from leitstelle.kernel.events import checkpoints
from leitstelle.kernel.work import beats, deliveries
from leitstelle.kernel.work.schedules import schedule


@schedule("kernel.prune", every=timedelta(hours=1))
def prune(now: datetime) -> None:
    """Delete old finished deliveries, counters of past windows, silent processes."""
    deliveries.prune(now)
    limits.prune(now)
    beats.prune(now)


@schedule("kernel.checkpoint", daily_at="03:10")
def checkpoint(now: datetime) -> None:
    """Sign where all chains of the journal stand."""
    checkpoints.take(now)
