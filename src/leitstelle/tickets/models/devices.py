"""Which devices a ticket is about."""

from django.db import models

from leitstelle.assets.models import Asset
from leitstelle.tickets.models.tickets import Ticket


class TicketAsset(models.Model):
    """A device that a ticket is about."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ticket_assets")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "asset"), name="ticket_asset_once")]
