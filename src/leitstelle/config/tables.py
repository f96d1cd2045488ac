"""The tables of this desk: an empty database gets all of them at once, any other the migrations it lacks.

Migrations draw every model of the past anew at each step, which was most of what a new desk waited for. What they come
to is known: the models they end with, and the few structures beside them. `test_tables` compares both ways.
"""

from collections.abc import Callable
from typing import Any

from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from leitstelle.kernel.db.refilling import tables_present

Report = Callable[[float, str], None]


def _silent(share: float, detail: str) -> None:
    """Nobody watches."""


def bring_up_to_date(report: Report = _silent) -> None:
    """Make or change the tables until they are what the program expects; nothing happens where they are.

    `report` hears a share (0 to 1) and which migration of how many it was. Raises DatabaseError.
    """
    if is_empty():
        lay_out()
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        report(1.0, "")
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        command = _Migrate(len(plan), report)
        command.run_from_argv(["leitstelle", "migrate", "--no-input", "--verbosity", "0"])


def is_empty() -> bool:
    """Whether the database has no table at all."""
    return not tables_present()


def lay_out() -> None:
    """Make all tables of an empty database as the migrations would, and note those as done: all of it or nothing.

    Nobody is told (`post_migrate`), and no row is written but those. Raises DatabaseError.
    """
    executor = MigrationExecutor(connection)
    plan = [
        migration for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    # As migrations know them: Django's own differ from those of the program in a kind of key.
    models, done = executor.loader.project_state().apps, executor.recorder.Migration
    with connection.schema_editor(atomic=True) as editor:
        for model in models.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        for migration in plan:
            _make_structures(migration, models, editor)
        editor.create_model(done)
        done.objects.using(connection.alias).bulk_create(
            done(app=one.app_label, name=one.name) for one in plan
        )


def _make_structures(migration: Migration, models: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """What our migrations make beside models; those that only mend rows (`elidable`) find none here."""
    if not migration.__module__.startswith("leitstelle."):
        return
    for operation in migration.operations:
        if isinstance(operation, RunPython) and not operation.elidable:
            operation.code(models, editor)


class _Migrate(migrate.Command):
    """Django's `migrate`, telling how far it is."""

    def __init__(self, total: int, report: Report) -> None:
        super().__init__()
        self._total, self._done, self._report = total, 0, report

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action in {"apply_start", "apply_success"}:
            self._done += action == "apply_success"
            self._report(self._done / self._total, f"{self._done}/{self._total}")
