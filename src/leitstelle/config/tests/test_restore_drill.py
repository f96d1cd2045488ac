"""The restore drill: real processes write while a backup is made; what is restored elsewhere is whole and works.

On SQLite, and with TEST_DATABASE_URL on PostgreSQL and across, there and back. Figures go to the terminal (`-s`).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from leitstelle.config.backup import reading
from leitstelle.config.tests.drill import mail
from leitstelle.config.tests.product import (
    ADMIN,
    PASSWORD,
    Product,
    fresh_environment,
    make_desk,
    running,
    working,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(900)]
SERVER = os.environ.get("TEST_DATABASE_URL", "")
DRILL = (sys.executable, "-m", "leitstelle.config.tests.drill")
PATIENCE = 240
# Brought in order after a restore, on purpose: waiting mail is held and told, claims and cursors begin anew.
CARED_FOR = {"events_event", "events_eventhead", "outbox_restoremark", "outbox_outboxmail"}
AT_WORK = ("work_", "django_", "auth_permission")


@pytest.fixture
def postgres() -> Iterator[Callable[[], str]]:
    """Makes empty databases, and drops them."""
    made = []

    def make() -> str:
        name = f"test_drill_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        return urllib.parse.urlsplit(SERVER)._replace(path=f"/{name}").geturl()

    yield make
    for name in made:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def place(folder: Path, database: str = "") -> Product:
    """A place for a desk; the word list that takes seconds to make is there already where any test has made it."""
    cache = folder / "data" / "cache"
    cache.mkdir(parents=True, mode=0o700)
    for made in settings.LEXICON_DIR.glob("lexicon-*.txt"):
        shutil.copy(made, cache)
    return Product("", fresh_environment(folder, DATABASE_URL=database), folder / "log")


def look(product: Product) -> dict[str, Any]:
    ended = subprocess.run(
        [*DRILL, "look"],
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def told(ended: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def back_up_while_writing(
    product: Product, archive: Path, before: int
) -> tuple[dict[str, Any], dict[str, int]]:
    """Let a worker and another process write, back up in the middle of it; the figures then and at the end."""
    words = [*DRILL, "write", str(before)]
    with (
        working(product),
        subprocess.Popen(
            words, env=product.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as writer,
    ):
        assert writer.stdout is not None
        assert writer.stdout.readline() == f"{before} tickets\n"
        made = told(product.command("backup", str(archive), "--json"))
        time.sleep(1)
        written, _rest = writer.communicate("", timeout=PATIENCE)
    return made, json.loads(written)


def restore(archive: Path, into: Product, *words: str) -> dict[str, Any]:
    return told(into.command("restore", str(archive), "--json", *words))


def share_key(old: Product, new: Product) -> None:
    """Carry the secret key over, as an administrator does who kept it apart from the archive."""
    target = Path(new.environment["LEITSTELLE_DATA"])
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(old.environment["LEITSTELLE_DATA"]) / "secret_key", target)


def tables(archive: Path) -> dict[str, str]:
    """Digest of every table of an archive, but for those that a restore or a start changes on purpose."""
    return {
        table.name: table.digest
        for table in reading.manifest_of(reading.verify(archive)).tables
        if table.name not in CARED_FOR and not table.name.startswith(AT_WORK)
    }


def sign_in(address: str) -> str:
    """Sign the administrator in as a browser does; the page they get."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = browser.open(f"{address}/account/login/", timeout=60).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "login": ADMIN, "password": PASSWORD}
    request = urllib.request.Request(
        f"{address}/account/login/",
        urllib.parse.urlencode(fields).encode(),
        {"Referer": f"{address}/account/login/"},
    )
    answer = browser.open(request, timeout=60)
    assert "/account/login/" not in answer.url
    text: str = answer.read().decode()
    return text


def works(product: Product) -> None:
    """Start the restored desk, sign in, and see a new mail become a ticket."""
    with running(product) as started:
        assert "Anja Chefin" in sign_in(started.address)
        subject = "Nach der Wiederherstellung"
        delivered = started.command("mail", "deliver", stdin=mail(1, subject).decode())
        assert delivered.returncode == 0, delivered.stderr
        subprocess.run([*DRILL, "wait", subject], env=started.environment, timeout=PATIENCE, check=True)


def check_whole(found: dict[str, Any]) -> None:
    assert found["without_event"] == found["without_ticket"] == found["without_message"] == []
    assert found["broken_files"] == []
    assert found["waiting"] == 0


def drill(tmp_path: Path, source: Product, new: Product) -> None:
    """The whole drill from one place to another; prints its figures."""
    make_desk(source)
    archive = tmp_path / "drill.tar"
    made, after = back_up_while_writing(source, archive, before=15)
    assert made["tables"]["tickets_ticket"] < after["tickets"], "nothing was written during the backup"
    assert made["tables"]["intake_inboundmail"] < after["mails"]

    verified = told(source.command("backup", "verify", str(archive), "--json"))
    share_key(source, new)
    restored = restore(archive, new)
    assert restored["tickets"] == made["tables"]["tickets_ticket"]
    assert restored["problems"] == []
    assert restored["searches"] > 0
    assert restored["clocks"] > 0

    found = look(new)
    check_whole(found)
    assert (found["tickets"], found["files"]) == (made["tables"]["tickets_ticket"], made["files"])
    again = tmp_path / "again.tar"
    told(new.command("backup", str(again), "--json"))
    assert tables(again) == tables(archive)
    whole = new.command("journal", "verify")
    assert whole.returncode == 0, whole.stdout
    works(new)
    went = f"{made['database']} → {'postgresql' if new.environment['DATABASE_URL'] else 'sqlite'}"
    print(  # noqa: T201
        f"\ndrill {went}: {restored['tickets']} "
        f"tickets, {made['rows']} rows, {made['files']} files, {made['bytes'] / 1e6:.1f} MB; "
        f"backup {made['seconds']} s, "
        f"verify {verified['verify_seconds']} s, restore {restored['seconds']} s, {restored['mails_held']} mails held"
    )


@pytest.mark.sqlite
def test_what_was_backed_up_while_others_wrote_is_restored_whole(tmp_path: Path) -> None:
    drill(tmp_path, place(tmp_path / "old"), place(tmp_path / "new"))


@pytest.mark.postgres
def test_the_same_on_postgres(tmp_path: Path, postgres: Callable[[], str]) -> None:
    drill(tmp_path, place(tmp_path / "old", postgres()), place(tmp_path / "new", postgres()))


@pytest.mark.postgres
def test_a_desk_moves_to_postgres_and_back(tmp_path: Path, postgres: Callable[[], str]) -> None:
    first, second = place(tmp_path / "first"), place(tmp_path / "second", postgres())
    third = place(tmp_path / "third")
    make_desk(first)
    back_up_while_writing(first, tmp_path / "0.tar", before=5)
    archives = [tmp_path / f"{number}.tar" for number in (1, 2, 3)]
    told(first.command("backup", str(archives[0]), "--json"))
    share_key(first, second)
    assert restore(archives[0], second)["problems"] == []
    told(second.command("backup", str(archives[1]), "--json"))
    share_key(first, third)
    assert restore(archives[1], third)["problems"] == []
    told(third.command("backup", str(archives[2]), "--json"))
    digests = [tables(archive) for archive in archives]
    assert digests[0] == digests[1] == digests[2]
    check_whole(look(third))
