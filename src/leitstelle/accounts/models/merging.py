"""What a merge of two people or organisations moved, so that it can be taken back."""

from django.db import models

from leitstelle.accounts.choices import MergeKind
from leitstelle.accounts.models.people import Person
from leitstelle.kernel.ids import PublicIdField


class MergeRecord(models.Model):
    """One merge. `merged_id` lives on as an alias of `survivor_id` (ids of people or organisations, as `kind` says).

    `moves` holds what went from where to where: a list of {"kind", "from", "to", "rows": {movable key: [ids]}};
    `changes` single values: a list of [table, id, field, before, after]. `left` is what taking back left in its
    place, per table or movable key. `changes` is emptied once nobody can take the merge back.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=MergeKind.choices)
    survivor_id = models.BigIntegerField()
    merged_id = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    moves = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    left = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=("kind", "survivor_id"), name="merge_survivor"),
            models.Index(fields=("kind", "merged_id"), name="merge_merged"),
        ]
