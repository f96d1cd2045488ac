"""Rows of background work: deliveries, schedules, the clock's lease, cursors, workers alive.

All of them are moved by conditional updates from `deliveries`, `schedules`, `lease`, `cursors`
and `beats`; nobody else writes them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.events.models import Event


class DeliveryState(models.TextChoices):
    READY = "ready", _("ready")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


UNFINISHED = (DeliveryState.READY, DeliveryState.RUNNING)


class Delivery(models.Model):
    """One event for one subscriber, written with the event.

    `subject_kind`, `subject_id` and `seq` repeat the event's: they give the order that is kept
    per subscriber and subject.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=100)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    claimed_by = models.CharField(max_length=120, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_event_subscriber"),
        )
        # Not partial: SQLite cannot tell that a bound parameter fits the condition of an index.
        indexes = (
            models.Index(fields=["state", "next_try", "id"], name="delivery_due"),
            models.Index(
                fields=["subscriber", "subject_kind", "subject_id", "state", "seq"], name="delivery_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} <- {self.subject_kind}:{self.subject_id}/{self.seq} ({self.state})"


class ScheduleState(models.TextChoices):
    IDLE = "idle", _("idle")
    READY = "ready", _("ready")
    RUNNING = "running", _("running")


class ScheduleRow(models.Model):
    """When a schedule is due next, and who runs it now.

    The clock makes due rows ready (`fence`: its token), a worker runs them.
    """

    name = models.CharField(max_length=100, primary_key=True)
    state = models.CharField(max_length=8, choices=ScheduleState.choices, default=ScheduleState.IDLE)
    next_due = models.DateTimeField()
    last_run = models.DateTimeField(null=True)
    last_seconds = models.FloatField(null=True)
    last_error = models.TextField(blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=120, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class ClockLease(models.Model):
    """Who may act as the clock. `token` grows with every change of holder."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=120, blank=True, default="")
    token = models.PositiveBigIntegerField(default=0)
    expires = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder} ({self.token})"


class CursorRow(models.Model):
    """How far a projection has followed the journal: transaction id, then event id."""

    name = models.CharField(max_length=100, primary_key=True)
    txid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.txid}/{self.event_id}"


class WorkerBeat(models.Model):
    """A process alive: what it is, where, and when it last said so."""

    name = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
