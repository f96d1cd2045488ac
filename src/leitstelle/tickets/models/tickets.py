"""The ticket row and what identifies and connects tickets."""

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Q, Value

from leitstelle.accounts.models import Level, Organisation, Person, Site, Team
from leitstelle.catalog.models import Category, Impact, Priority, ResolutionCode, Service, Urgency
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import (
    ONGOING_TYPES,
    WAITING_TYPES,
    Channel,
    Kind,
    LinkKind,
    ParticipantRole,
    StatusType,
)
from leitstelle.tickets.models.statuses import Status

# Where tickets without a running deadline stand in lists sorted by deadline. A real value instead of NULL
# lets both databases answer such a page from an index.
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)
# Where tickets without a level stand in lists sorted by level: last.
NO_LEVEL = 32767
# Columns the database computes. A partial index over `status_type IN (…)` would never be used on SQLite: statements
# bring the types as parameters, and the planner cannot see that they are those of the index.
ONGOING = Q(is_ongoing=True)
WAITING = Q(is_waiting=True)


def _scoped(*columns: str) -> list[models.Index]:
    """Indexes of ongoing tickets within a team, organisation or level, by deadline and by priority."""
    orders = {"due": ("due_order", "id"), "prio": ("priority", "due_order", "id")}
    return [
        models.Index(fields=(column, *order), name=f"ticket_{column[:8]}_{key}", condition=ONGOING)
        for column in columns
        for key, order in orders.items()
    ]


class NumberCounter(models.Model):
    """The last number given out; moved by one conditional update."""

    key = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=10000)


class Ticket(models.Model):
    """Any case a person brings. Holds what lists filter and sort by; texts live in messages."""

    public_id = PublicIdField()
    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INCIDENT)
    subject = models.CharField(max_length=300)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    language = models.CharField(max_length=5, default="de")

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    requester = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requested_tickets",
        db_index=False,
    )
    device_label = models.CharField(max_length=80, blank=True)

    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    level = models.ForeignKey(
        Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # `order` of the level, beside it because a join would cost lists their index; levels may be put in another order.
    level_rank = models.PositiveSmallIntegerField(default=NO_LEVEL, db_default=NO_LEVEL)
    assignee = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_tickets",
        db_index=False,
    )

    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+", db_index=False)
    status_type = models.CharField(max_length=10, choices=StatusType.choices)
    # Django takes a condition as an expression here, its stubs do not say so.
    is_ongoing = models.GeneratedField(
        expression=Q(status_type__in=[str(one) for one in ONGOING_TYPES]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_waiting = models.GeneratedField(
        expression=Q(status_type__in=[str(one) for one in WAITING_TYPES]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    status_reason = models.CharField(max_length=300, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True)

    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    impact = models.ForeignKey(Impact, on_delete=models.PROTECT, related_name="+", db_index=False)
    urgency = models.ForeignKey(Urgency, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority_is_manual = models.BooleanField(default=False)
    # Why somebody set it by hand; and what the calculated one stands on (`catalog.rules.Basis`).
    priority_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    priority_basis: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField())
    )
    is_major = models.BooleanField(default=False, db_default=False)
    resolution_code = models.ForeignKey(
        ResolutionCode, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField()
    last_requester_message_at = models.DateTimeField(null=True, blank=True)
    last_agent_message_at = models.DateTimeField(null=True, blank=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    handover_count = models.PositiveIntegerField(default=0)
    reopen_count = models.PositiveIntegerField(default=0)
    delivery_failed = models.BooleanField(default=False)
    # Where its cases at vendors stand (`VendorState`; the one that needs us most), empty where there never was one.
    vendor_state = models.CharField(max_length=10, blank=True, default="", db_default="")
    # It went back and forth between the same teams (`rules.handovers`).
    is_ping_pong = models.BooleanField(default=False, db_default=False)

    # Caches of the clocks for lists and alarms, written by the sla domain only (architecture §3).
    clock_started_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    crit_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    due_order = models.DateTimeField(default=NO_DEADLINE)
    paused_at = models.DateTimeField(null=True, blank=True)

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    # Others were merged into it: spares every other ticket the question.
    has_merged = models.BooleanField(default=False, db_default=False)
    classification_version = models.PositiveIntegerField(default=1)
    assignment_version = models.PositiveIntegerField(default=1)
    status_version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        # Every shipped view has an index in the order it opens with, partial where it shows ongoing tickets only.
        indexes = [
            models.Index(fields=("due_order", "id"), name="ticket_due", condition=ONGOING),
            models.Index(fields=("priority", "due_order", "id"), name="ticket_prio_due", condition=ONGOING),
            models.Index(fields=("-last_message_at", "-id"), name="ticket_ongoing_recent", condition=ONGOING),
            models.Index(fields=("-opened_at", "-id"), name="ticket_ongoing_opened", condition=ONGOING),
            *_scoped("team", "organisation", "level"),
            models.Index(fields=("level_rank", "due_order", "id"), name="ticket_rank_due", condition=ONGOING),
            models.Index(
                fields=("assignee", "due_order", "id"), name="ticket_assignee_due", condition=ONGOING
            ),
            models.Index(fields=("due_order", "id"), name="ticket_waiting_due", condition=WAITING),
            models.Index(
                fields=("due_order", "id"),
                name="ticket_unassigned_due",
                condition=ONGOING & Q(assignee__isnull=True),
            ),
            models.Index(fields=("updated_at", "id"), name="ticket_ongoing_quiet", condition=ONGOING),
            models.Index(
                fields=("due_order", "id"), name="ticket_major", condition=Q(is_ongoing=True, is_major=True)
            ),
            models.Index(fields=("-last_message_at", "-id"), name="ticket_recent"),
            models.Index(fields=("-opened_at", "-id"), name="ticket_opened"),
            models.Index(fields=("team", "-last_message_at", "-id"), name="ticket_team_recent"),
            models.Index(fields=("team", "-opened_at", "-id"), name="ticket_team_opened"),
            models.Index(fields=("level", "-last_message_at", "-id"), name="ticket_level_recent"),
            models.Index(fields=("organisation", "-last_message_at", "-id"), name="ticket_organisation"),
            models.Index(fields=("requester", "-last_message_at", "-id"), name="ticket_requester"),
            models.Index(fields=("assignee", "-last_message_at", "-id"), name="ticket_assignee_recent"),
            models.Index(fields=("category", "-last_message_at", "-id"), name="ticket_category"),
            models.Index(fields=("service", "due_order", "id"), name="ticket_service_due", condition=ONGOING),
            models.Index(fields=("service", "-last_message_at", "-id"), name="ticket_service"),
            models.Index(
                fields=("status_type", "resolved_at"),
                name="ticket_resolved",
                condition=Q(resolved_at__isnull=False),
            ),
            models.Index(
                fields=("wait_until",), name="ticket_wait_until", condition=Q(wait_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class TicketAlias(models.Model):
    """An old number that now leads to another ticket."""

    number = models.BigIntegerField(unique=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="aliases")


class Participant(models.Model):
    """A person and what they are on the ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=16, choices=ParticipantRole.choices)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("ticket", "person", "role"), name="participant_once_per_role")
        ]
        indexes = [models.Index(fields=("person", "ticket"), name="participant_person")]


class TicketLink(models.Model):
    """A typed connection between two tickets, read from source to target."""

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=16, choices=LinkKind.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "target", "kind"), name="ticket_link_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="ticket_link_not_to_itself"),
        ]
