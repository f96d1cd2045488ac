"""What a merge of two tickets moved, so that it can be taken back at any time."""

from typing import Any

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Person
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models.tickets import Ticket


class TicketMerge(models.Model):
    """One merge. `source` lives on as an alias of `target`, which may have been merged further itself.

    `is_apart`: those who read the source as requesters and those who read the target do not read each other's words.
    `moves` holds what went to the target (`Movable` key → ids), `was` columns of the source before, by name; `made`
    what the merge itself put on the target. `reason` stands here only, never in the journal.
    """

    public_id = PublicIdField()
    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_in")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    is_apart = models.BooleanField(default=False)
    moves: "models.JSONField[dict[str, list[int]], dict[str, list[int]]]" = models.JSONField(default=dict)
    was: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    made: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("source",), condition=Q(undone_at=None), name="ticket_merged_once_at_a_time"
            )
        ]
