"""What the clock process runs for this domain."""

from datetime import datetime

from django.db.models import Q

from leitstelle.accounts.models import MergeRecord
from leitstelle.kernel.work import schedule


@schedule("accounts.forget_merged_values", daily_at="03:45")
def forget_merged_values(now: datetime) -> None:
    """Forget the values of people and customers that merges keep for undoing, once nobody can undo them any more.

    What moved stays: those are ids, and the page of a merge tells of them.
    """
    past = MergeRecord.objects.filter(Q(undo_until__lt=now) | Q(undone_at__isnull=False))
    past.exclude(changes=[]).update(changes=[])
