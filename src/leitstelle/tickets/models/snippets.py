"""Text templates ("Baustein") with every version they had."""

from django.db import models

from leitstelle.accounts.models import Organisation, Person, Team
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.choices import SnippetUse


class Snippet(models.Model):
    """A text to reuse: in the composer, or as the words of the acknowledgement of receipt."""

    public_id = PublicIdField()
    use = models.CharField(max_length=15, choices=SnippetUse.choices, default=SnippetUse.ANSWER)
    title = models.CharField(max_length=120)
    # What is typed after "::" in the composer.
    shortcut = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=5, default="de")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title


class SnippetVersion(models.Model):
    """What a text template said from a moment on."""

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=("snippet", "number"), name="snippet_version_once")]
