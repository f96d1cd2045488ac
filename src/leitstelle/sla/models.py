"""Agreements with their versions and targets, and the cache of every ticket's clocks."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from leitstelle.accounts.models import Level, Organisation, Team
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category, Priority, Service
from leitstelle.contracts.models import CustomerContract
from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.sla.choices import Cause, ClockState, Metric, StepAction
from leitstelle.tickets.choices import Kind
from leitstelle.tickets.models import Ticket


class Agreement(models.Model):
    """What is promised, and for what: a customer, a contract of theirs, a service, a branch of
    categories, a kind, a priority.

    Empty fits everything; one for a contract names its customer too.

    What it is for never changes, so that it can be told why a ticket had it; its versions do. Tickets opened from
    `ended_at` on do not fall under it.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="agreements"
    )
    contract = models.ForeignKey(
        CustomerContract, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                Coalesce("organisation", 0),
                Coalesce("contract", 0),
                Coalesce("category", 0),
                Coalesce("service", 0),
                "kind",
                Coalesce("priority", 0),
                condition=Q(is_active=True),
                name="agreement_once_per_scope",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_everything(self) -> bool:
        """Whether it is that of the house, which never ends."""
        return not any((self.organisation_id, self.category_id, self.service_id, self.kind, self.priority_id))


class AgreementVersion(models.Model):
    """An immutable state of an agreement, valid for tickets opened from `valid_from` on.

    One that `takes_over` counts from then on for tickets that are open too. A pause longer than `longest_pause_seconds`
    (elapsed time) is over by itself.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, related_name="+")
    pause_for_vendor = models.BooleanField(default=False)
    pause_for_third = models.BooleanField(default=True)
    longest_pause_seconds = models.PositiveIntegerField(null=True, blank=True)
    restart_on_reopen = models.BooleanField(default=False)
    takes_over = models.BooleanField(default=False)
    # When it did: the deadlines of open tickets were computed by it.
    taken_over_at = models.DateTimeField(null=True, blank=True)
    warn_percent = models.PositiveSmallIntegerField(default=75)
    crit_percent = models.PositiveSmallIntegerField(default=90)

    class Meta:
        ordering = ("agreement_id", "number")
        constraints = [models.UniqueConstraint(fields=("agreement", "number"), name="agreement_version_once")]


class Target(models.Model):
    """How long one metric may take at one priority, in service seconds.

    Counted in `calendar`, else in that of the version. `days` is set where it was promised in working days; `level`
    where it is the internal target of one support level.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seconds = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("version", "metric", "priority"), condition=Q(level=None), name="target_once"
            ),
            models.UniqueConstraint(
                fields=("version", "metric", "priority", "level"),
                condition=Q(level__isnull=False),
                name="target_once_per_level",
            ),
        ]


class EscalationStep(models.Model):
    """What happens when a clock has used `percent` of its target; 100 and more is a breach.

    Who carries it out is a higher domain's matter. `team` is who gets the ticket where it is reassigned, `endpoint`
    what is called.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="steps")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    percent = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=10, choices=StepAction.choices)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("percent", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "metric", "percent", "action"), name="escalation_step_once"
            )
        ]


class TicketClock(models.Model):
    """Cache of one computed clock; `sla rebuild` makes it anew from events at any time.

    `alarms` are the percentages of the target with the moments (ISO 8601) they are reached at, `reached_percent` the
    highest that has been told of, `next_alarm_at` when the clock process has to look again: the next of `alarms`, or
    the end of a pause that may last no longer.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ClockState.choices)
    target_seconds = models.PositiveIntegerField()
    consumed_seconds = models.PositiveIntegerField(default=0)
    # The service hours it is counted in now, for bars in lists.
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    crit_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0)
    alarms: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField(default=list)
    reached_percent = models.PositiveSmallIntegerField(default=0)
    next_alarm_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("ticket", "metric"), condition=Q(level=None), name="clock_once_per_metric"
            ),
            models.UniqueConstraint(
                fields=("ticket", "metric", "level"),
                condition=Q(level__isnull=False),
                name="clock_once_per_level",
            ),
        ]
        # Not `state = running`: SQLite cannot tell that a parameter is the state of the index.
        indexes = [
            models.Index(
                fields=("next_alarm_at",), name="clock_alarm", condition=Q(next_alarm_at__isnull=False)
            ),
        ]


class CorrectedCause(models.Model):
    """What somebody said caused a missed target, instead of what was computed; why stands in the row only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="corrected_causes")
    metric = models.CharField(max_length=12, choices=Metric.choices)
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    cause = models.CharField(max_length=10, choices=Cause.choices)
    reason = models.CharField(max_length=300)
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("ticket", "metric"), condition=Q(level=None), name="corrected_cause_once"
            ),
            models.UniqueConstraint(
                fields=("ticket", "metric", "level"),
                condition=Q(level__isnull=False),
                name="corrected_cause_once_per_level",
            ),
        ]
