"""Organisations, their mail domains and sites."""

from django.db import models

from leitstelle.accounts.choices import OrganisationKind
from leitstelle.kernel.ids import PublicIdField


class Organisation(models.Model):
    """A customer, or a department of the own house; the tree has no fixed depth."""

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=200, blank=True, db_index=True)
    kind = models.CharField(
        max_length=10, choices=OrganisationKind.choices, default=OrganisationKind.CUSTOMER
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    language = models.CharField(max_length=5, default="de")
    level_scheme = models.ForeignKey(
        "accounts.LevelScheme", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What the portal calls itself for these people; empty: as for everybody.
    portal_name = models.CharField(max_length=80, blank=True, default="")
    note = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    # An alias: this record was merged into another one, which has all that was here.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("sort_name", "id")

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A mail domain whose senders belong to the organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    class Meta:
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain


class Site(models.Model):
    """A place where people of the organisation work; `state` picks the holidays (ISO 3166-2 part)."""

    public_id = PublicIdField()
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=6, blank=True)
    country = models.CharField(max_length=2, default="DE")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "name"), name="site_name_per_organisation")
        ]

    def __str__(self) -> str:
        return self.name
