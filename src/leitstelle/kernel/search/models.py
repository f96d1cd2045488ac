"""Index rows, their shadow texts and the vocabulary.

The full-text structures beside them are the business of `sql_sqlite` and `sql_postgres`.
"""

from django.db import models

ROW_COLUMNS = (
    "id",
    "kind",
    "object_id",
    "part",
    "audience",
    "ticket_id",
    "organisation_id",
    "at",
    "language",
    "shadow_version",
)


class _Row(models.Model):
    """The columns on which visibility is decided."""

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

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}/{self.part} {self.audience}"


class SearchRow(_Row):
    """What can be found: one row per object part and audience (a message is a part of its ticket).

    Kept thin, as searches visit many. `id` follows the order in which rows came, which is close to the order of
    `at`: "newest" means highest id. On PostgreSQL a column `vector` beside these carries the index.
    """

    class Meta:
        constraints = [
            # The kind does not come first: SQLite would take "all tickets" for the choosiest condition there is.
            models.UniqueConstraint(
                fields=["object_id", "kind", "part", "audience"], name="search_row_identity"
            ),
        ]
        indexes = [
            models.Index(fields=["ticket_id"], name="search_row_ticket"),
            models.Index(fields=["organisation_id"], name="search_row_organisation"),
            models.Index(fields=["shadow_version"], name="search_row_version"),
        ]


class WindowRow(_Row):
    """A row of the table expression `search_window`: those rows a search looks at. No table of its own."""

    class Meta:
        managed = False
        db_table = "search_window"


class SearchText(models.Model):
    """The shadow texts of a row."""

    row = models.OneToOneField(SearchRow, models.CASCADE, primary_key=True, related_name="text")
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that occurs in the index; where spelling mistakes and word fragments are looked up."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word
