"""Guides with every version they had. What is in force is the version that `published` names."""

from django.db import models

from leitstelle.kernel.ids import PublicIdField


class Guide(models.Model):
    """A guide: its text being worked on, and which version counts (0: none yet)."""

    public_id = PublicIdField()
    key = models.CharField(max_length=40, unique=True)
    # For lists: as the draft says.
    title_de = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    draft = models.TextField()
    published = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    # How often a hint made a ticket unnecessary.
    helped = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


class GuideVersion(models.Model):
    """What a guide said from a moment on; never changed, as runs keep the version they began with."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=("guide", "number"), name="guide_version_once")]
