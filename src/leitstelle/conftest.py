"""Fixtures of all tests: nothing leaves the machine, no network inside a transaction, files and caches start empty.

Owns what every domain's tests share, among it a real server and Chromium for tests marked `browser`. Leaves factories
and casts to the domains' own `tests/`.
"""

import gc
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate  # noqa: TID251 - to silence it, not to react to it
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from leitstelle.config.tests.databases import drop_test_database, flush_of_filled_tables, make_test_database
from leitstelle.config.texts import stale_catalogues
from leitstelle.kernel.i18n import compile_all

# The same examples on every run, however slow the machine: a commit passes or fails for what it changed.
# `make soak` looks for new ones.
hypothesis_settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "random", max_examples=1000, print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("fixed")

REQUIRE_ALL = "TEST_REQUIRE_ALL"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Tests that may reach a database without a fixture of pytest-django.
WITH_DATABASE = ("django_db", "processes", "browser", "mailserver", "postgres")
DOVECOT = ("dovecot", "/usr/sbin/dovecot")
pytest_plugins = ("leitstelle.config.tests.browser",)


def is_postgres() -> bool:
    return bool(django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"))


def pytest_configure(config: pytest.Config) -> None:
    """Texts are tested in both languages: the process that starts the others compiles the catalogues for all."""
    if not hasattr(config, "workerinput") and stale_catalogues():
        compile_all()


def reaches_database(item: pytest.Item) -> bool:
    """Whether a test can get at the database: by a fixture of pytest-django, or by programs that it starts."""
    fixtures = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or any(item.get_closest_marker(name) for name in WITH_DATABASE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that mean something on one database only are no part of a run on the other.

    Those that cannot get at any say the same on both: they run once, on SQLite.
    """
    other = "sqlite" if is_postgres() else "postgres"
    dropped = {
        item
        for item in items
        if item.get_closest_marker(other) or (is_postgres() and not reaches_database(item))
    }
    if dropped:
        config.hook.pytest_deselected(items=[item for item in items if item in dropped])
        items[:] = [item for item in items if item not in dropped]


def pytest_collection_finish() -> None:
    """What collecting made lives to the end: the collector of garbage need not walk thousands of tests each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that runs on one database only, because it cannot reach any, fails where it does."""
    with pytest.MonkeyPatch.context() as patch:
        if not reaches_database(item):
            patch.setattr(BaseDatabaseWrapper, "_cursor", _no_database)
            patch.setattr(subprocess.Popen, "__init__", _no_product(subprocess.Popen.__init__))
        return (yield)


def _no_database(*_words: object, **_named: object) -> None:
    pytest.fail("this test asks the database: mark it `django_db`, so that it runs on both")


def _no_product(start: Callable[..., None]) -> Callable[..., None]:
    """Start any program but the product, which opens a database of its own."""

    def begin(process: object, args: Any, *words: object, **named: object) -> None:
        if not isinstance(args, str) and any(Path(str(word)).name == "leitstelle" for word in args):
            pytest.fail(
                "this test starts the product: mark it `processes`, so that it runs on both databases"
            )
        start(process, args, *words, **named)

    return begin


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose program is not installed is skipped, with the way to get it."""
    for marker, programs, package in (
        ("browser", BROWSERS, "chromium"),
        ("mailserver", DOVECOT, "dovecot-imapd dovecot-lmtpd"),
    ):
        if item.get_closest_marker(marker) and not any(shutil.which(program) for program in programs):
            pytest.skip(f"not installed: {package} (scripts/install-test-servers.sh)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must run, a skipped test has failed."""
    report = yield
    if report.skipped and os.environ.get(REQUIRE_ALL) == "1" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"left out although {REQUIRE_ALL}=1: {reason}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """A copy of a migrated database instead of pytest-django's own run of all migrations."""
    with django_db_blocker.unblock():
        make_test_database()
    yield
    with django_db_blocker.unblock():
        drop_test_database()


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> None:
    """Empty only the tables that a test filled, and keep those that migrating filled."""
    pytest.MonkeyPatch().setattr(type(connection.ops), "sql_flush", flush_of_filled_tables)
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(autouse=True)
def clean_state() -> Iterator[None]:
    """Language and cache of one test never reach the next."""
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def blob_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that a test stores vanish with it."""
    root = tmp_path / "blobs"
    monkeypatch.setattr(django_settings, "BLOB_ROOT", root)
    return root


@pytest.fixture(autouse=True)
def no_network_in_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that waits for the network holds locks for as long: such a test fails."""
    connect: Callable[[socket.socket, Any], None] = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        if blocks and self.family != socket.AF_UNIX:
            pytest.fail(f"network connection to {address} inside a transaction")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
