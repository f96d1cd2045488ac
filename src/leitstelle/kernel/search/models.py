"""Index rows and the vocabulary. Full-text structures beside them are the business of `sql_sqlite`/`sql_postgres`."""

from django.db import models


class SearchRow(models.Model):
    """What can be found: one row per object part and audience (a message is a part of its ticket).

    `id` follows the order in which rows came, which is close to the order of `at`: "newest" means highest id.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    part = models.BigIntegerField(default=0)
    audience = models.CharField(max_length=16, default="public")
    ticket_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    language = models.CharField(max_length=8, blank=True)
    shadow_version = models.PositiveSmallIntegerField()
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "part", "audience"], name="search_row_identity"
            ),
        ]
        indexes = [
            models.Index(fields=["ticket_id"], name="search_row_ticket"),
            models.Index(fields=["organisation_id"], name="search_row_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}/{self.part} {self.audience}"


class SearchWord(models.Model):
    """A word that occurs in the index; where spelling mistakes and word fragments are looked up."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word
