"""Agreements with their versions and targets, and the cache of every ticket's clocks."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Organisation
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Priority
from leitstelle.kernel.ids import PublicIdField
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.tickets.models import Ticket


class Agreement(models.Model):
    """What is promised to an organisation; organisation NULL is the house default."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="agreements"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class AgreementVersion(models.Model):
    """An immutable state of an agreement, valid for tickets opened from `valid_from` on."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, related_name="+")
    pause_for_vendor = models.BooleanField(default=False)
    pause_for_third = models.BooleanField(default=True)
    warn_percent = models.PositiveSmallIntegerField(default=75)
    crit_percent = models.PositiveSmallIntegerField(default=90)

    class Meta:
        ordering = ("agreement_id", "number")
        constraints = [models.UniqueConstraint(fields=("agreement", "number"), name="agreement_version_once")]


class Target(models.Model):
    """How long one metric may take at one priority, in service seconds."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("version", "metric", "priority"), name="target_once")]


class TicketClock(models.Model):
    """Cache of one computed clock; `sla rebuild` makes it anew from events at any time."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ClockState.choices)
    target_seconds = models.PositiveIntegerField()
    consumed_seconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    crit_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    # How many alarms have rung: 1 warning, 2 critical, 3 due.
    reached_step = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "metric"), name="clock_once_per_metric")]
        # Not `state = running`: SQLite cannot tell that a parameter is the state of the index.
        indexes = [
            models.Index(fields=("warn_at",), name="clock_warn", condition=Q(warn_at__isnull=False)),
            models.Index(fields=("crit_at",), name="clock_crit", condition=Q(crit_at__isnull=False)),
            models.Index(fields=("due_at",), name="clock_due", condition=Q(due_at__isnull=False)),
        ]
