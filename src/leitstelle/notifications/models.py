"""Who follows what, what people were told, the mails about it that wait, and what they want to be told."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import Person
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.intake.models import InboundMail
from leitstelle.kernel.ids import PublicIdField
from leitstelle.notifications.choices import Dropped, Kind, MailChoice, MailState, Reason
from leitstelle.tickets.models import Message, Ticket


class Follow(models.Model):
    """An agent who wants to hear of everything on a ticket."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "ticket"), name="follow_once")]


class Notification(models.Model):
    """One event told to one person. Holds ids and codes; words are made from what the reader may see now.

    `in_portal`: told as requester, so only what the portal shows. What is not shown in the product counts as read.
    """

    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    in_portal = models.BooleanField(default=False)
    in_product = models.BooleanField(default=True)
    urgent = models.BooleanField(default=False)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(
        Message, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    inbound = models.ForeignKey(
        InboundMail, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("event_id", "person"), name="notification_once_per_event")
        ]
        indexes = [
            models.Index(fields=("person", "-id"), name="notification_person"),
            models.Index(fields=("person", "read_at", "-id"), name="notification_unread"),
            models.Index(fields=("created_at",), name="notification_created"),
        ]


class MailItem(models.Model):
    """The mail channel of one notification: exactly one, waiting until `due_at`, then sent or dropped.

    `due_at` is NULL once it is settled, so that looking for what is due costs what is due.
    """

    notification = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="mail")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    dropped = models.CharField(max_length=12, choices=Dropped.choices, blank=True)
    daily = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # The mail it left with, as the outbox knows it.
    message_id = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=("due_at",), name="mail_item_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=("person", "due_at"), name="mail_item_waiting", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=("person", "sent_at"), name="mail_item_sent", condition=Q(sent_at__isnull=False)
            ),
        ]


class Preference(models.Model):
    """What a person wants for one kind, where they chose for themselves."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    in_product = models.BooleanField()
    mail = models.CharField(max_length=8, choices=MailChoice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "kind"), name="preference_once_per_kind")]


class HouseDefault(models.Model):
    """What a role is told unless its people choose for themselves; only what differs from what ships."""

    role = models.CharField(max_length=20, choices=Role.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    in_product = models.BooleanField()
    mail = models.CharField(max_length=8, choices=MailChoice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("role", "kind"), name="house_default_once")]


class Rhythm(models.Model):
    """When a person may be reached by mail, in wall time of their own zone; times are minutes after midnight."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    quiet_begin = models.PositiveSmallIntegerField(default=0)
    quiet_end = models.PositiveSmallIntegerField(default=0)
    # Monday is 0.
    quiet_days = models.JSONField(default=list)
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    urgent_passes = models.BooleanField(default=False)
    batch_minutes = models.PositiveSmallIntegerField(default=15)
    digest_at = models.PositiveSmallIntegerField(default=8 * 60)
