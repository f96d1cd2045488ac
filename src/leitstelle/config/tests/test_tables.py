"""A new desk's tables, made at once, are those that the migrations make one after the other."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from leitstelle.config.tables import bring_up_to_date, is_empty
from leitstelle.config.tests.places import empty_place
from leitstelle.kernel.db import is_postgres

pytestmark = pytest.mark.django_db(transaction=True)

PG_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
        a.attstorage, a.attstattarget, pg_get_expr(d.adbin, d.adrelid), c.reloptions
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) =
        (c.oid, a.attnum)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"""
PG_INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
PG_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace"""


def rows(sql: str) -> list[tuple[object, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


def parts(sql: str) -> list[str]:
    """The definitions inside the outer parentheses of a CREATE TABLE, whose order tells nothing."""
    inside, depth, found = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [" ".join(one.split()) for one in found]


def described() -> set[tuple[str, ...]]:
    """Columns, indexes and constraints of all tables of the database, one item each."""
    if is_postgres():
        asked = (PG_COLUMNS, PG_INDEXES, PG_CONSTRAINTS)
        return {tuple(map(str, row)) for sql in asked for row in rows(sql)}
    found: set[tuple[str, ...]] = set()
    for kind, table, sql in rows("SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        text = str(sql)
        whole = kind != "table" or text.startswith("CREATE VIRTUAL")
        found |= {(str(table), one) for one in ([" ".join(text.split())] if whole else parts(text))}
    return found


def applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connections["default"]).applied_migrations())


@pytest.mark.timeout(300)
def test_laid_out_at_once_or_migrated_from_zero_is_the_same(tmp_path: Path) -> None:
    with empty_place(tmp_path / "migrated"):
        call_command("migrate", verbosity=0, interactive=False)
        migrated, steps = described(), applied()
    with empty_place(tmp_path / "laid_out"):
        assert is_empty()
        bring_up_to_date()
        assert described() == migrated
        assert applied() == steps
        assert not is_empty()


def test_a_known_database_gets_the_migrations_it_lacks(tmp_path: Path) -> None:
    heard: list[tuple[float, str]] = []
    with empty_place(tmp_path / "known"):
        bring_up_to_date()
        MigrationExecutor(connections["default"]).migrate([("reporting", None)])
        model = apps.get_app_config("reporting").get_models()
        tables = {one._meta.db_table for one in model}
        assert tables
        assert not tables & set(connections["default"].introspection.table_names())
        bring_up_to_date(lambda share, detail: heard.append((share, detail)))
        assert tables <= set(connections["default"].introspection.table_names())
        bring_up_to_date(lambda share, detail: heard.append((share, detail)))
    assert heard == [(0.0, "0/1"), (1.0, "1/1")]


def test_what_is_interrupted_leaves_an_empty_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object) -> None:
        raise RuntimeError

    with empty_place(tmp_path / "cut"):
        monkeypatch.setattr("leitstelle.config.tables._make_structures", fail)
        with pytest.raises(RuntimeError):
            bring_up_to_date()
        assert is_empty()
        monkeypatch.undo()
        bring_up_to_date()
        assert not is_empty()
