"""Saved views of the inbox, and how each person has arranged theirs."""

from typing import Any

from django.db import models

from leitstelle.accounts.models import Person, Team
from leitstelle.kernel.ids import PublicIdField


class SavedView(models.Model):
    """A list somebody put together. `conditions` have the form of `rules.conditions`, checked whenever read."""

    public_id = PublicIdField()
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    conditions: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    columns: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    order = models.CharField(max_length=20)
    grouping = models.CharField(max_length=20, blank=True)
    shared_with_all = models.BooleanField(default=False)
    teams = models.ManyToManyField(Team, related_name="+", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")
        indexes = [
            models.Index(
                fields=("shared_with_all",), name="view_of_all", condition=models.Q(shared_with_all=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class ViewArrangement(models.Model):
    """The order of a person's saved views (public ids; the others follow by name) and the list they start with."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="view_arrangement")
    places: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    start = models.CharField(max_length=60, blank=True)
