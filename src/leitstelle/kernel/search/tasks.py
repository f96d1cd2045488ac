"""What the worker does for the index."""

from datetime import datetime, timedelta

from leitstelle.kernel.events.models import Event
from leitstelle.kernel.search.projecting import CURSOR, project, refresh_outdated
from leitstelle.kernel.work.cursors import projection
from leitstelle.kernel.work.schedules import schedule


@projection(CURSOR, batch=200)
def follow(events: list[Event]) -> None:
    """Keep the index up with the journal."""
    project(events)


@schedule("search.refresh", every=timedelta(minutes=10))
def refresh(now: datetime) -> None:
    """Bring rows of older linguistics up to date, little by little."""
    refresh_outdated()
