"""What the clock does for the API."""

from datetime import datetime, timedelta

from leitstelle.kernel.api import idempotency
from leitstelle.kernel.work.schedules import schedule


@schedule("api.prune_idempotency", every=timedelta(hours=1))
def prune_idempotency(now: datetime) -> None:
    """Forget old idempotency keys."""
    idempotency.prune(now)
