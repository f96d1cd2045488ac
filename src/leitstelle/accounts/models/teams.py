"""Schemes of levels, levels, teams and who works in them."""

from django.db import models

from leitstelle.accounts.choices import LevelSight
from leitstelle.accounts.models.people import Person
from leitstelle.kernel.ids import PublicIdField


class LevelScheme(models.Model):
    """How a house is tiered: three levels, Frontdesk and Backdesk, or its own."""

    key = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.key


class Level(models.Model):
    """One tier of a scheme; `order` 1 is where tickets arrive."""

    scheme = models.ForeignKey(LevelScheme, on_delete=models.CASCADE, related_name="levels")
    order = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    name_de = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    short = models.CharField(max_length=4)
    # What agents see who work in teams of this level only, and what they may not do (`LevelRight`).
    sees = models.CharField(max_length=5, choices=LevelSight.choices, default=LevelSight.ALL)
    withheld = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("scheme_id", "order")
        constraints = [
            models.UniqueConstraint(fields=("scheme", "order"), name="level_order_per_scheme"),
            models.UniqueConstraint(fields=("scheme", "key"), name="level_key_per_scheme"),
        ]

    def __str__(self) -> str:
        return self.key


class Team(models.Model):
    """Who works on tickets together; belongs to one level."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    sort_name = models.CharField(max_length=120, blank=True)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="teams")
    description = models.CharField(max_length=300, blank=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("level__order", "sort_name", "id")

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("team", "person"), name="member_once_per_team")]
