"""Many like tickets within a short time: a proposal that something has broken down for many."""

from django.db import models

from leitstelle.accounts.models import Organisation, Site
from leitstelle.catalog.models import Category
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import BurstState


class Burst(models.Model):
    """Like tickets of one place (site, else customer, else the whole house) since `began_at`.

    `usual` is how many of them such a window brings otherwise. `main` is the ticket the others were linked to.
    """

    public_id = PublicIdField()
    state = models.CharField(max_length=9, choices=BurstState.choices, default=BurstState.PROPOSED)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    usual = models.FloatField()
    words = models.JSONField(default=list)
    main = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-detected_at", "-id")
        indexes = [models.Index(fields=("-last_at",), name="triage_burst_last")]


class BurstTicket(models.Model):
    """A ticket that belongs to a burst; each to one at most."""

    burst = models.ForeignKey(Burst, on_delete=models.CASCADE, related_name="members")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="+")
