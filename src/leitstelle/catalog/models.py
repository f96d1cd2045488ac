"""Category tree and the scales a ticket is classified with; all of it data with shipped defaults."""

from django.db import models

from leitstelle.accounts.models import Organisation


class Category(models.Model):
    """A node of the tree; `key` is the stable path, e.g. `workplace.notebook`."""

    key = models.CharField(max_length=120, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name_de = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    order = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("order", "id")

    def __str__(self) -> str:
        return self.key


class Impact(models.Model):
    """How many are hit; the code is the key, higher `order` is worse."""

    key = models.SlugField(max_length=20, primary_key=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.key


class Urgency(models.Model):
    """How long it can wait; higher `order` is worse."""

    key = models.SlugField(max_length=20, primary_key=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.key


class Priority(models.Model):
    """P1 to P4; the rank is the key, so that lists sort by the foreign key itself."""

    rank = models.PositiveSmallIntegerField(primary_key=True)
    key = models.SlugField(max_length=20, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        ordering = ("rank",)

    def __str__(self) -> str:
        return f"P{self.rank}"


class PriorityCell(models.Model):
    """One cell of the matrix impact × urgency; organisation NULL is the house default."""

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    impact = models.ForeignKey(Impact, on_delete=models.CASCADE, related_name="+")
    urgency = models.ForeignKey(Urgency, on_delete=models.CASCADE, related_name="+")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "impact", "urgency"), name="matrix_cell_per_organisation"
            ),
            models.UniqueConstraint(
                fields=("impact", "urgency"),
                condition=models.Q(organisation__isnull=True),
                name="matrix_cell_of_the_house",
            ),
        ]


class ResolutionCode(models.Model):
    """How a ticket ended (Lösungsart)."""

    key = models.SlugField(max_length=30, primary_key=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.key
