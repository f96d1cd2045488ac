"""What people corrected about inbound mail: evidence for the next mail of the same thread and sender."""

from django.db import models

from leitstelle.accounts.models import Person
from leitstelle.intake.choices import CorrectionKind
from leitstelle.intake.models.mail import InboundMail
from leitstelle.tickets.models import Ticket


class MailCorrection(models.Model):
    """Somebody moved a mail, or said that it is not of the person it was taken for.

    `ids` are the Message-IDs the mail bears and names: a later mail of the same sender that names one of them goes
    where this one went.
    """

    mail = models.ForeignKey(InboundMail, on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=10, choices=CorrectionKind.choices)
    sender = models.CharField(max_length=254, blank=True, db_index=True)
    ids = models.JSONField(default=list)
    before = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
