"""Checks of the database and of what is collected for browsers; Django is set up."""

import sqlite3
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from leitstelle.config.doctor.findings import Check, Finding, error, ok, warning
from leitstelle.config.texts import _

OLDEST_SQLITE = (3, 37)
OLDEST_POSTGRES = 140000


def reachable() -> Iterator[Finding]:
    """The database answers and is new enough."""
    where = (
        _("PostgreSQL")
        if connection.vendor == "postgresql"
        else f"SQLite {settings.DATABASES['default']['NAME']}"
    )
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        reason = str(problem).strip().splitlines()[0]
        what = _("The database cannot be opened: %(reason)s") % {"reason": reason}
        yield error("database", what, _("Check DATABASE_URL and whether the server runs."))
        return
    yield ok("database", where)
    yield from (_sqlite() if connection.vendor == "sqlite" else _postgres())


def _sqlite() -> Iterator[Finding]:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        what = _("SQLite %(version)s is too old.") % {"version": version}
        yield error("sqlite", what, _("Use a Python that brings SQLite 3.37 or newer, or PostgreSQL."))
        return
    with sqlite3.connect(":memory:") as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='trigram')")
        except sqlite3.OperationalError:
            what = _("SQLite %(version)s has no full text search (FTS5 with trigram).") % {"version": version}
            yield error("sqlite", what, _("Use a Python whose SQLite has it, or PostgreSQL."))
            return
    yield ok("sqlite", f"SQLite {version}, FTS5")


def _postgres() -> Iterator[Finding]:
    number = getattr(connection, "pg_version", 0)
    if number < OLDEST_POSTGRES:
        what = _("PostgreSQL %(version)s is too old.") % {"version": number // 10000}
        yield error("postgresql", what, _("Use PostgreSQL 14 or newer."))
    else:
        yield ok("postgresql", f"PostgreSQL {number // 10000}.{number % 10000}")


def migrated() -> Iterator[Finding]:
    """Tables are as the program expects them."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        what = _("%(count)s migrations have not run.") % {"count": len(plan)}
        yield error(
            "migrations", what, _("`leitstelle up` or `leitstelle manage migrate` runs them; back up first.")
        )
    else:
        yield ok("migrations", _("The tables are up to date."))


def writable() -> Iterator[Finding]:
    """A row can be written (and is taken back)."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE leitstelle_doctor (x integer)")
            transaction.set_rollback(True)
    except DatabaseError as problem:
        what = _("The database cannot be written: %(reason)s") % {
            "reason": str(problem).strip().splitlines()[0]
        }
        yield error("database_write", what, _("Check rights and free space of the database."))
        return
    yield ok("database_write", _("The database can be written."))


def static_files() -> Iterator[Finding]:
    """Style sheets and scripts are collected under hashed names."""
    if settings.HASHED_STATIC:
        yield ok("static_files", str(settings.STATIC_ROOT))
    else:
        what = _("Static files are not collected: pages are slower.")
        yield warning("static_files", what, _("`leitstelle up` collects them; unset LEITSTELLE_DEBUG."))


CHECKS: tuple[Check, ...] = (reachable, migrated, writable, static_files)
