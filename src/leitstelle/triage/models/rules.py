"""Rules that sort tickets, their former versions, trial runs, and what brought each ticket where it is."""

from django.db import models

from leitstelle.accounts.models import Person, Team
from leitstelle.catalog.models import Category, Impact, Service, Urgency
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import Kind
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import Trigger, Way


class Rule(models.Model):
    """One rule: when it looks, for which tickets it counts (`conditions` as kept JSON), what it sets.

    Rules count in the order of `position`. An empty outcome column sets nothing.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=False)
    on_opening = models.BooleanField(default=True)
    on_change = models.BooleanField(default=False)
    on_handover = models.BooleanField(default=False)
    conditions = models.JSONField(default=dict)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    impact = models.ForeignKey(Impact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    urgency = models.ForeignKey(Urgency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    watcher = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stops = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """A rule as it was from `at` on; `data` holds its columns and conditions."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=("rule", "number"), name="rule_version_once")]


class DryRun(models.Model):
    """What rules would have done to the tickets opened in a period; nothing stored changes.

    `rule` alone is judged among the active ones, NULL means all active ones. `after` is the last ticket looked at;
    `rows` are the first differences found, `counts` how many there are by kind.
    """

    public_id = PublicIdField()
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    rows = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)


class Routing(models.Model):
    """One step that brought a ticket where it is. `reasons`: codes and numbers, told in a sentence when shown."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    way = models.CharField(max_length=12, choices=Way.choices)
    rule = models.ForeignKey(
        Rule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    trigger = models.CharField(max_length=12, choices=Trigger.choices, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reasons = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=("ticket", "-id"), name="routing_ticket"),
            models.Index(fields=("rule", "-at"), name="routing_rule"),
        ]
