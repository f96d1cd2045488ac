"""Full-text structures, which differ between the databases."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(title, body, content='search_searchtext', content_rowid='row_id', "
    "tokenize='ascii', prefix='3')",
    "CREATE VIRTUAL TABLE search_word_fts USING fts5(word, content='search_searchword', content_rowid='id', "
    "tokenize='trigram')",
)
SQLITE_BACK = ("DROP TABLE search_fts", "DROP TABLE search_word_fts")
POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "ALTER TABLE search_searchtext ADD COLUMN vector tsvector",
    "ALTER TABLE search_searchtext ALTER COLUMN vector SET STATISTICS 1000",
    "CREATE INDEX search_text_vector ON search_searchtext USING gin (vector)",
    "CREATE INDEX search_word_trigrams ON search_searchword USING gin (word gin_trgm_ops)",
)
POSTGRES_BACK = ("DROP INDEX search_word_trigrams", "ALTER TABLE search_searchtext DROP COLUMN vector")


def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRES if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRES_BACK if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
