"""The vector moves from the texts to the narrow rows, which are all that a search visits.

PostgreSQL puts values out of line only where a row is longer than 2 KB. `filler` makes every row that long while it
is stored, so that its vector goes out; the filler itself shrinks to some bytes. It is generated, so it is in no dump.
"""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRES = (
    "ALTER TABLE search_searchtext DROP COLUMN vector",
    "ALTER TABLE search_searchrow SET (toast_tuple_target = 128)",
    "ALTER TABLE search_searchrow ADD COLUMN vector tsvector, "
    "ADD COLUMN filler text GENERATED ALWAYS AS (repeat(' ', 2200)) STORED",
    "ALTER TABLE search_searchrow ALTER COLUMN filler SET STORAGE MAIN, ALTER COLUMN filler SET STATISTICS 0, "
    "ALTER COLUMN vector SET STORAGE EXTERNAL, ALTER COLUMN vector SET STATISTICS 1000",
    "CREATE INDEX search_row_vector ON search_searchrow USING gin (vector)",
    # Older rows have no vector yet and are indexed again.
    "UPDATE search_searchrow SET shadow_version = 0",
)
POSTGRES_BACK = (
    "ALTER TABLE search_searchrow DROP COLUMN vector, DROP COLUMN filler",
    "ALTER TABLE search_searchtext ADD COLUMN vector tsvector",
    "CREATE INDEX search_text_vector ON search_searchtext USING gin (vector)",
)


def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in POSTGRES:
            editor.execute(statement)


def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in POSTGRES_BACK:
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text")]

    operations = [
        migrations.CreateModel(
            name="WindowRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("object_id", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
                ("audience", models.CharField(default="public", max_length=16)),
                ("ticket_id", models.BigIntegerField(null=True)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("language", models.CharField(blank=True, max_length=8)),
                ("shadow_version", models.PositiveSmallIntegerField()),
            ],
            options={"db_table": "search_window", "managed": False},
        ),
        migrations.RunPython(forwards, backwards),
    ]
