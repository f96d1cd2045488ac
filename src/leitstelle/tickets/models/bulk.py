"""Acting on many tickets at once: the selection, and what became of each ticket."""

from typing import Any

from django.db import models

from leitstelle.accounts.models import Person
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models.tickets import Ticket


class BulkRun(models.Model):
    """A selection and what is to happen to it. `back` is the query of the list it was chosen in."""

    public_id = PublicIdField()
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=10)
    values: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    back = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)


class BulkRow(models.Model):
    """One ticket of a selection, with the versions its person saw."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    assignment_version = models.PositiveIntegerField()
    status_version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, default="pending")
    # A code of `rules.bulk.Refusal` or of a domain error.
    reason = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=("run", "place"), name="bulk_row_place"),
            models.UniqueConstraint(fields=("run", "ticket"), name="bulk_row_ticket_once"),
        ]
