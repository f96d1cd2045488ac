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


class Service(models.Model):
    """What people use and the house answers for: mail, telephony, the shop. Switched off, never deleted.

    Tickets of its `categories` (and what hangs below) are about it unless somebody says otherwise. Without
    `organisations` it is there for everybody, else for these customers only.
    """

    key = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="+")
    categories = models.ManyToManyField(Category, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name_de", "id")

    def __str__(self) -> str:
        return self.key


class PriorityMatrixVersion(models.Model):
    """What the matrix of a scope says from `valid_from` on; never changed, only followed by the next one.

    Organisation NULL is the house; category NULL every branch, service NULL every service. A version without cells
    follows what is beneath again.
    """

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    # Published for a later moment. All others count as soon as they are there, whatever a machine's clock says.
    is_planned = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        # NULLs never collide in a unique index: each kind of scope has its own.
        constraints = [
            models.UniqueConstraint(
                fields=("number",),
                condition=models.Q(organisation__isnull=True, category__isnull=True, service__isnull=True),
                name="matrix_number_of_house",
            ),
            models.UniqueConstraint(
                fields=("category", "number"),
                condition=models.Q(organisation__isnull=True, category__isnull=False),
                name="matrix_number_of_branch",
            ),
            models.UniqueConstraint(
                fields=("organisation", "number"),
                condition=models.Q(organisation__isnull=False, category__isnull=True, service__isnull=True),
                name="matrix_number_of_customer",
            ),
            models.UniqueConstraint(
                fields=("organisation", "category", "number"),
                condition=models.Q(organisation__isnull=False, category__isnull=False),
                name="matrix_number_of_both",
            ),
            models.UniqueConstraint(
                fields=("service", "number"),
                condition=models.Q(organisation__isnull=True, service__isnull=False),
                name="matrix_number_of_service",
            ),
            models.UniqueConstraint(
                fields=("organisation", "service", "number"),
                condition=models.Q(organisation__isnull=False, service__isnull=False),
                name="matrix_number_of_their_service",
            ),
            models.CheckConstraint(
                condition=models.Q(category__isnull=True) | models.Q(service__isnull=True),
                name="matrix_of_branch_or_service",
            ),
        ]


class PriorityCell(models.Model):
    """One cell impact × urgency that a version of a matrix decides."""

    version = models.ForeignKey(PriorityMatrixVersion, on_delete=models.CASCADE, related_name="cells")
    impact = models.ForeignKey(Impact, on_delete=models.CASCADE, related_name="+")
    urgency = models.ForeignKey(Urgency, on_delete=models.CASCADE, related_name="+")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("version", "impact", "urgency"), name="matrix_cell_per_version")
        ]


class PriorityModifier(models.Model):
    """Raises a priority beyond the matrix, by steps or to a floor; all conditions it names must fit.

    Switched off, never deleted: tickets tell by it why they have their priority.
    """

    key = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    for_vip = models.BooleanField(default=False)
    impacts = models.ManyToManyField(Impact, blank=True, related_name="+")
    urgencies = models.ManyToManyField(Urgency, blank=True, related_name="+")
    categories = models.ManyToManyField(Category, blank=True, related_name="+")
    steps = models.PositiveSmallIntegerField(default=0)
    floor = models.ForeignKey(Priority, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cap = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("order", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(steps__gt=0, floor__isnull=True) | models.Q(steps=0, floor__isnull=False),
                name="modifier_steps_or_floor",
            )
        ]

    def __str__(self) -> str:
        return self.key


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
