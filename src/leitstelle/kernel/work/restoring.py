"""What belonged to processes that are gone with the old desk: their claims are given back at once."""

from leitstelle.kernel.work.models import Delivery, DeliveryState, ScheduleRow, ScheduleState


def free_claims() -> None:
    """Make deliveries and schedules that were running ready again; after a restore, with nobody else at work."""
    Delivery.objects.filter(state=DeliveryState.RUNNING).update(
        state=DeliveryState.READY, claimed_by="", claimed_until=None
    )
    ScheduleRow.objects.filter(state=ScheduleState.RUNNING).update(
        state=ScheduleState.READY, claimed_by="", claimed_until=None
    )
    # The clock's token begins anew with its lease, which is in no archive.
    ScheduleRow.objects.exclude(fence=0).update(fence=0)
