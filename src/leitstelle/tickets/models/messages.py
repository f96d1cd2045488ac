"""Messages of a ticket, their bodies, recipients and files."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Person
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.scanning import shown_scan
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole
from leitstelle.tickets.models.tickets import Ticket


class Message(models.Model):
    """One entry of the conversation. `at` is when it was said, `recorded_at` when it was entered."""

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    direction = models.CharField(max_length=8, choices=Direction.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    author_is_agent = models.BooleanField(default=False)
    from_name = models.CharField(max_length=200, blank=True)
    from_email = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    rfc_message_id = models.CharField(max_length=255, blank=True, db_index=True)
    automatic_kind = models.CharField(max_length=20, blank=True)
    # How long a call or visit took; whole seconds.
    talk_seconds = models.PositiveIntegerField(null=True, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    # After a merge: the ticket it was written to, where that had become an alias by then; and the one whose readers
    # alone read it as requesters, where both sides were kept apart.
    written_to = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    apart_of = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("at", "id")
        indexes = [
            models.Index(fields=("ticket", "at", "id"), name="message_ticket_at"),
            models.Index(
                fields=("written_to",), name="message_written_to", condition=Q(written_to__isnull=False)
            ),
            models.Index(fields=("apart_of",), name="message_apart_of", condition=Q(apart_of__isnull=False)),
        ]


class MessageBody(models.Model):
    """The text of a message, apart from its row so that lists never read it (docs/decisions)."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="body")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    quoted_text = models.TextField(blank=True)


class MessageRecipient(models.Model):
    """Whom a message went to, and what is known about its delivery to them."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    role = models.CharField(max_length=3, choices=RecipientRole.choices)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    delivery_state = models.CharField(max_length=10, blank=True)
    delivery_detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("message", "role", "email"), name="message_recipient_once")
        ]


class Attachment(models.Model):
    """A file of a message; it inherits the message's audience."""

    public_id = PublicIdField()
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True)
    # What can be read in a file that is itself a mail; shown beside the message, and found.
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("id",)

    @property
    def scan(self) -> str:
        """What pages say of the virus scanner's look at it; the blob must be loaded."""
        return shown_scan(self.blob)
