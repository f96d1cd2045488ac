"""Answers that wait to be sent: for the seconds in which they can be undone, or until a chosen time."""

from django.db import models

from leitstelle.accounts.models import Person
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import PlannedState
from leitstelle.tickets.models.messages import Message
from leitstelle.tickets.models.tickets import Ticket


class PlannedReply(models.Model):
    """An answer or forwarding that has been written and not sent yet; nobody outside of the desk sees it.

    `recipients` holds (role, address, name). Once sent, the message has the words and this row none any more.
    """

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="planned")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    # What is forwarded; empty: an answer.
    forwarded = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    is_forward = models.BooleanField(default=False)
    recipients = models.JSONField(default=list)
    after = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField()
    # The time was chosen; otherwise it is the end of the time to undo.
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=PlannedState.choices, default=PlannedState.WAITING)
    problem = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=("due_at",), name="planned_reply_due", condition=models.Q(state=PlannedState.WAITING)
            ),
        ]


class PlannedFile(models.Model):
    """A file that goes with a planned answer."""

    planned = models.ForeignKey(PlannedReply, on_delete=models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
