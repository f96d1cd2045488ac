"""Marking as read, and forgetting what is old. How far somebody has read is no fact of the desk: no events."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.choices import MailState
from leitstelle.notifications.models import MailItem, Notification
from leitstelle.notifications.policies import visible_notifications
from leitstelle.notifications.queries.bell import bell_key
from leitstelle.tickets.models import Ticket

KEEP_READ = timedelta(days=30)
KEEP_ALL = timedelta(days=180)


@transaction.atomic
def mark_read(public_ids: Collection[UUID], *, by: Viewer, now: datetime, read: bool = True) -> int:
    """Mark some of one's own notifications as read, or as unread again; returns how many changed."""
    rows = visible_notifications(by).filter(public_id__in=list(public_ids), read_at__isnull=read)
    changed = rows.update(read_at=now if read else None)
    cache.delete(bell_key(by.person_id))
    return changed


@transaction.atomic
def mark_ticket_read(ticket: Ticket, *, by: Viewer, now: datetime) -> int:
    """Mark what the viewer was told about a ticket as read, as when they open it; returns how many changed."""
    changed = visible_notifications(by).filter(ticket=ticket, read_at__isnull=True).update(read_at=now)
    cache.delete(bell_key(by.person_id))
    return changed


@transaction.atomic
def mark_all_read(*, by: Viewer, now: datetime, upto: int | None = None) -> int:
    """Mark everything as read up to the notification with id `upto`, so that nothing unseen goes under."""
    rows = visible_notifications(by).filter(read_at__isnull=True)
    changed = (rows if upto is None else rows.filter(pk__lte=upto)).update(read_at=now)
    cache.delete(bell_key(by.person_id))
    return changed


def prune(now: datetime, *, batch: int = 2000) -> int:
    """Delete what was read more than 30 days ago, and everything after 180 days; returns how many.

    What still waits for its mail stays.
    """
    total = 0
    waiting = MailItem.objects.filter(state=MailState.WAITING).values("notification_id")
    old = Notification.objects.filter(created_at__lt=now - KEEP_READ).exclude(pk__in=waiting)
    for rows in (old.filter(read_at__lt=now - KEEP_READ), old.filter(created_at__lt=now - KEEP_ALL)):
        while ids := list(rows.values_list("pk", flat=True)[:batch]):
            with transaction.atomic():
                Notification.objects.filter(pk__in=ids).delete()
            total += len(ids)
    return total
