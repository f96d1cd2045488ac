"""Every change of a model has its migration, and the database under test has what they make."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.django_db
def test_the_database_lacks_none_of_them() -> None:
    """Nothing is left to apply, and every table has its columns."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    assert loader.detect_conflicts() == {}
    assert executor.migration_plan(loader.graph.leaf_nodes()) == []
    own = {key for key in loader.graph.nodes if key in loader.disk_migrations}
    assert own <= set(executor.recorder.applied_migrations())
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in executor.loader.project_state().apps.get_models(include_auto_created=True):
            if not model._meta.managed:
                continue
            assert model._meta.db_table in tables
            described = connection.introspection.get_table_description(cursor, model._meta.db_table)
            columns = {row.name for row in described}
            assert {field.column for field in model._meta.local_concrete_fields} <= columns


def test_migrations_say_what_they_do() -> None:
    loader = MigrationLoader(None)
    own = [m for m in loader.disk_migrations.values() if m.__module__.startswith("leitstelle.")]
    assert own
    assert [str(migration) for migration in own if "_auto_" in migration.name] == []
