"""Webhooks that other programs call and what they sent; what other programs are told, and each call of them."""

from datetime import datetime
from typing import Self

from django.db import models

from leitstelle.accounts.models import Organisation, Team
from leitstelle.automation.choices import CallState, ReportReason, ReportState
from leitstelle.catalog.models import Category
from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.secrets import EncryptedField
from leitstelle.tickets.models import Ticket


class InboundHookQuerySet(models.QuerySet["InboundHook"]):
    """Webhooks without their secret where nothing is verified."""

    def without_secrets(self) -> Self:
        return self.defer("secret", "former_secret")


class InboundHook(models.Model):
    """A program that may report, and how its reports become tickets. Without a secret nothing is accepted.

    The texts of the mapping are templates over the JSON of a report (`rules.mapping`).
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    secret = EncryptedField(blank=True, default="")
    secret_at = models.DateTimeField(null=True, blank=True)
    # The secret before: taken as well until then (aware), while the other program changes to the new one.
    former_secret = EncryptedField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    impact = models.CharField(max_length=40, default="person")
    urgency = models.CharField(max_length=40, default="hindered")
    subject = models.TextField()
    text = models.TextField(blank=True)
    matter = models.TextField(blank=True)
    requester = models.TextField(blank=True)
    device = models.TextField(blank=True)
    only_when = models.TextField(blank=True)
    over_when = models.TextField(blank=True)
    resolves = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = InboundHookQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """The secrets that prove a report at a moment; none before there is one."""
        former = (str(self.former_secret),) if self.former_until and now < self.former_until else ()
        return tuple(one for one in (str(self.secret), *former) if one)

    def __str__(self) -> str:
        return self.name


class HookMatter(models.Model):
    """What a program reports about again and again (`key`), and the latest ticket about it."""

    hook = models.ForeignKey(InboundHook, on_delete=models.CASCADE, related_name="matters")
    key = models.CharField(max_length=64)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_text = models.CharField(max_length=64, blank=True)
    moves = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("hook", "key"), name="hook_matter_once")]


class HookReport(models.Model):
    """One request as it came, kept before it is understood; then what became of it.

    `key` is the sender's own number of the delivery where there is one, so that a repetition is seen.
    """

    public_id = PublicIdField()
    hook = models.ForeignKey(InboundHook, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    state = models.CharField(max_length=9, choices=ReportState.choices, default=ReportState.KEPT)
    reason = models.CharField(max_length=20, choices=ReportReason.choices, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("hook", "key"), name="hook_report_once")]
        indexes = [
            models.Index(fields=("hook", "-received_at", "-id"), name="hook_report_recent"),
            models.Index(fields=("state", "received_at"), name="hook_report_state"),
        ]


class Wish(models.Model):
    """What an endpoint wants to be told: codes of events since `since` (aware), of all tickets or of one team's."""

    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, related_name="wish")
    codes = models.JSONField(default=list)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()


class OutgoingCall(models.Model):
    """One event told to one endpoint: what is said, how often it was tried, and the last answer."""

    public_id = PublicIdField()
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="calls")
    event_id = models.BigIntegerField()
    code = models.CharField(max_length=80)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    content = models.JSONField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=CallState.choices, default=CallState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("endpoint", "event_id"), name="outgoing_call_once")]
        indexes = [
            models.Index(fields=("endpoint", "-id"), name="outgoing_call_recent"),
            models.Index(fields=("made_at",), name="outgoing_call_made"),
        ]
