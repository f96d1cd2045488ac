"""How much somebody has not read: one bounded statement, kept for a moment."""

from dataclasses import dataclass

from django.core.cache import cache

from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.policies import visible_notifications

MOST = 100
SECONDS = 10


@dataclass(frozen=True)
class Bell:
    """How many are unread (at most `MOST`), and the id of the newest."""

    unread: int
    newest: int

    @property
    def text(self) -> str:
        """The number as the bell shows it."""
        return f"{MOST - 1}+" if self.unread >= MOST else str(self.unread)


def bell_key(person_id: int | None) -> str:
    """Where a process keeps what it counted."""
    return f"notifications-bell:{person_id}"


def bell_of(viewer: Viewer, *, afresh: bool = False) -> Bell:
    """Count what the viewer has not read; `afresh` where something just changed."""
    key = bell_key(viewer.person_id)
    counted: Bell | None = None if afresh else cache.get(key)
    if counted is None:
        unread = visible_notifications(viewer).filter(read_at__isnull=True).order_by("-pk")
        ids = list(unread.values_list("pk", flat=True)[:MOST])
        counted = Bell(len(ids), ids[0] if ids else 0)
        cache.set(key, counted, SECONDS)
    return counted
