"""Cases at vendors that run beside a ticket: its level, team and assignee stay ours."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Person
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import VendorState
from leitstelle.tickets.models.messages import Message
from leitstelle.tickets.models.tickets import Ticket


class VendorCase(models.Model):
    """What a vendor was asked. What their contract promised then is kept here, in service seconds.

    `pauses` are the times in which they waited for us, as pairs of ISO moments (the second empty while it lasts).
    """

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="vendor_cases")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(
        UnderpinningContract, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(max_length=300)
    mail_to = models.CharField(max_length=254, blank=True)
    external_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=VendorState.choices, default=VendorState.OPEN)
    is_ongoing = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    response_seconds = models.PositiveIntegerField(null=True, blank=True)
    resolution_seconds = models.PositiveIntegerField(null=True, blank=True)
    pauses = models.JSONField(default=list)
    delivery_failed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("opened_at", "id")
        indexes = [
            models.Index(fields=("vendor", "-opened_at"), name="vendor_case_newest"),
            models.Index(
                fields=("vendor", "external_number"),
                name="vendor_case_number",
                condition=~Q(external_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id}/{self.external_number}"


class VendorMessage(models.Model):
    """Which case a message of a vendor thread belongs to; a ticket may have cases at several vendors."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="vendor_message"
    )
    case = models.ForeignKey(VendorCase, on_delete=models.CASCADE, related_name="messages")
