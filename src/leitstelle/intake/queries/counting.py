"""Numbers beside entries of the menu, which every page shows: counted now and then, and not beyond what is read."""

from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from leitstelle.kernel.viewer import Viewer

COUNT_CAP = 100
COUNT_SECONDS = 10


def counted_for(viewer: Viewer, what: str, rows: "QuerySet[Any]") -> int | None:
    """How many rows there are for this viewer, counted at most every ten seconds; nothing for none."""
    key = f"intake-{what}:{viewer.person_id}"
    counted: int | None = cache.get(key)
    if counted is None:
        counted = rows[:COUNT_CAP].count()
        cache.set(key, counted, COUNT_SECONDS)
    return counted or None
