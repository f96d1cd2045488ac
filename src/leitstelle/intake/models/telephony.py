"""Telephone systems that report calls, what they sent, and the calls themselves."""

from typing import Self

from django.db import models

from leitstelle.accounts.models import Person, Team
from leitstelle.intake.choices import (
    DialKind,
    PhoneDirection,
    PhoneOutcome,
    TelephonyEventState,
    TelephonyKind,
)
from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.secrets import EncryptedField
from leitstelle.tickets.models import Message


class TelephonySourceQuerySet(models.QuerySet["TelephonySource"]):
    """Sources without their secret where nothing is verified."""

    def without_secrets(self) -> Self:
        return self.defer("secret", "dial_secret")


class TelephonySource(models.Model):
    """A telephone system that may report calls. Without a secret nothing it sends is accepted."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=TelephonyKind.choices, default=TelephonyKind.GENERIC)
    secret = EncryptedField(blank=True, default="")
    secret_at = models.DateTimeField(null=True, blank=True)
    # Whose calls these are where no line says otherwise; missed calls come to this team.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    missed_tickets = models.BooleanField(default=True)
    # What sipgate signs its reports with (PEM); where it is set, nothing unsigned is accepted.
    public_key = models.TextField(blank=True, default="")
    # How this system is asked to make calls; the secret goes to this address only.
    dial_kind = models.CharField(max_length=10, choices=DialKind.choices, blank=True, default="")
    dial_address = models.CharField(max_length=500, blank=True, default="")
    dial_user = models.CharField(max_length=120, blank=True, default="")
    dial_secret = EncryptedField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = TelephonySourceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TelephonyLine(models.Model):
    """An extension, user id or own number of a source (`key`, folded), and whose telephone it is."""

    source = models.ForeignKey(TelephonySource, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=80)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("key",)
        constraints = [
            models.UniqueConstraint(fields=("source", "key"), name="telephony_line_once"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(team__isnull=False),
                name="telephony_line_of_somebody",
            ),
        ]


class PhoneCall(models.Model):
    """One call as the telephone system told it. `number` is E.164; empty: withheld, or nothing one could dial.

    `message` is what it became on a ticket: the call an agent entered, or the first message of its call-back ticket.
    Moments are those of the source where it tells them, else of arrival (aware).
    """

    public_id = PublicIdField()
    source = models.ForeignKey(TelephonySource, on_delete=models.PROTECT, related_name="calls")
    external_id = models.CharField(max_length=120)
    direction = models.CharField(max_length=3, choices=PhoneDirection.choices)
    number = models.CharField(max_length=40, blank=True)
    number_sent = models.CharField(max_length=80, blank=True)
    own_number = models.CharField(max_length=80, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    agent = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=11, choices=PhoneOutcome.choices, blank=True)
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="phone_calls"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "external_id"), name="phone_call_once")]
        indexes = [
            models.Index(fields=("-started_at", "-id"), name="phone_call_recent"),
            models.Index(fields=("number", "-started_at"), name="phone_call_number"),
            models.Index(fields=("person", "-started_at"), name="phone_call_person"),
        ]


class PhoneCallPerson(models.Model):
    """Somebody whose number fits a call; several where several share a line."""

    call = models.ForeignKey(PhoneCall, on_delete=models.CASCADE, related_name="candidates")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("call", "person"), name="phone_candidate_once")]


class PhoneRinging(models.Model):
    """Whose telephone a call rings at, or rang."""

    call = models.ForeignKey(PhoneCall, on_delete=models.CASCADE, related_name="rings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("call", "person"), name="phone_ringing_once")]


class CallBack(models.Model):
    """The call-back ticket of a number: one row a number, so that two missed calls never open two tickets."""

    number = models.CharField(max_length=40, unique=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")


class TelephonyEvent(models.Model):
    """One request of a source as it came, kept before it is understood; then what became of it.

    `key` is call and event once they are known, so that a repetition is seen; before that something of its own.
    """

    public_id = PublicIdField()
    source = models.ForeignKey(TelephonySource, on_delete=models.CASCADE, related_name="events")
    key = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    method = models.CharField(max_length=8)
    content_type = models.CharField(max_length=120, blank=True)
    query = models.TextField(blank=True)
    body = models.BinaryField()
    state = models.CharField(
        max_length=9, choices=TelephonyEventState.choices, default=TelephonyEventState.KEPT
    )
    reason = models.CharField(max_length=40, blank=True)
    call = models.ForeignKey(
        PhoneCall, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "key"), name="telephony_event_once")]
        indexes = [
            models.Index(fields=("source", "-received_at", "-id"), name="telephony_event_recent"),
            models.Index(fields=("state", "received_at"), name="telephony_event_state"),
        ]
