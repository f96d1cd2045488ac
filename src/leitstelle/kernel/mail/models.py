"""Rows of the outbox: a mail, its recipients, and the account of the house that sends."""

from django.db import models

from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.mail.choices import AccountSignIn, MailState, RecipientState
from leitstelle.kernel.secrets import EncryptedField


class OutboxMail(models.Model):
    """A mail as it leaves: rendered once (`raw`), so that every try sends the same bytes and Message-ID."""

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    transport = models.CharField(max_length=120, default="default")
    state = models.CharField(max_length=12, default=MailState.QUEUED.value)
    hold_reason = models.CharField(max_length=20, blank=True)
    message_id = models.CharField(max_length=300, unique=True)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=500, blank=True)
    automatic = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    raw = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    next_try = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    # The content was on its way to the server when the process was last heard of.
    data_started = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Giving up is counted from here; a retry by a person starts anew.
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="outbox_state"),
            models.Index(fields=["subject_kind", "subject_id"], name="outbox_subject"),
            models.Index(fields=["created_at"], condition=models.Q(automatic=True), name="outbox_automatic"),
            models.Index(
                fields=["next_try"], condition=models.Q(next_try__isnull=False), name="outbox_next_try"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"


class OutboxRecipient(models.Model):
    """One envelope recipient and what the server said about it."""

    id = models.BigAutoField(primary_key=True)
    mail = models.ForeignKey(OutboxMail, models.CASCADE, related_name="recipients")
    address = models.CharField(max_length=320)
    state = models.CharField(max_length=12, default=RecipientState.QUEUED.value)
    smtp_code = models.PositiveSmallIntegerField(null=True)
    response = models.TextField(blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mail", "address"], name="outbox_recipient_once"),
        ]
        indexes = [models.Index(fields=["address", "state"], name="outbox_recipient_address")]

    def __str__(self) -> str:
        return f"{self.address} {self.state}"


class OutgoingAccount(models.Model):
    """One row: the account of the house that sends what belongs to no mailbox with a server of its own."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls")
    auth = models.CharField(max_length=8, default=AccountSignIn.PASSWORD.value)
    username = models.CharField(max_length=254, blank=True)
    password = EncryptedField(blank=True, default="")
    verify_certificate = models.BooleanField(default=True)
    # Sender of mail that belongs to no mailbox; empty: as the configuration says.
    address = models.CharField(max_length=254, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class RestoreMark(models.Model):
    """The desk was restored: what events up to `event_id` still bring about may have happened before."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} UTC, event {self.event_id}"
