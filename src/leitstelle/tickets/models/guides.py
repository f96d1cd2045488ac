"""Guides that were gone through on a ticket."""

from django.db import models

from leitstelle.knowledge.models import Guide, GuideVersion
from leitstelle.tickets.models.tickets import Ticket


class GuideRun(models.Model):
    """One run of a guide on a ticket, with the version it began with: answers by question, what was ticked off."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="guide_runs")
    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, related_name="+")
    guide_version = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict, blank=True)
    done = models.JSONField(default=list, blank=True)
    is_complete = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("started_at", "id")
        constraints = [models.UniqueConstraint(fields=("ticket", "guide"), name="guide_run_once_per_ticket")]
