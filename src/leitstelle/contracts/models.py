"""Vendors and what they owe the house; customers' contracts with the house."""

from django.db import models

from leitstelle.accounts.models import Organisation
from leitstelle.assets.models import AssetKind
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.kernel.ids import PublicIdField


class Vendor(models.Model):
    """A manufacturer or provider who is asked when the house itself cannot help.

    `mail_domains` say whose mail is theirs; `number_patterns` are regular expressions for their ticket numbers.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    sort_name = models.CharField(max_length=120)
    support_mail = models.EmailField(max_length=254, blank=True)
    mail_domains = models.JSONField(default=list)
    phone = models.CharField(max_length=40, blank=True)
    portal_url = models.URLField(max_length=300, blank=True)
    customer_number = models.CharField(max_length=60, blank=True)
    number_patterns = models.JSONField(default=list)
    language = models.CharField(max_length=5, default="de")
    note = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("sort_name", "id")

    def __str__(self) -> str:
        return self.name


class UnderpinningContract(models.Model):
    """What a vendor promised, in service seconds; empty `organisation` and `device_kind` cover everything.

    The days are those of the house; `valid_until` is the last one.
    """

    public_id = PublicIdField()
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="contracts")
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    device_kind = models.ForeignKey(
        AssetKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, related_name="+")
    response_seconds = models.PositiveIntegerField(null=True, blank=True)
    resolution_seconds = models.PositiveIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("vendor", "-valid_from", "id")

    def __str__(self) -> str:
        return self.name


class CustomerContract(models.Model):
    """What a customer bought, under the number both sides call it by; what it covers and when is in its versions."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("organisation", "number", "id")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CustomerContractVersion(models.Model):
    """A state of a contract that never changes: it counts for tickets opened from `recorded_at` on.

    The days are those of the house; `valid_until` is the last one. Without `categories` every service is covered,
    otherwise these branches of the category tree.
    """

    contract = models.ForeignKey(CustomerContract, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    categories = models.ManyToManyField(Category, related_name="+", blank=True)

    class Meta:
        ordering = ("contract", "number")
        constraints = [
            models.UniqueConstraint(fields=("contract", "number"), name="customer_contract_version_once")
        ]
