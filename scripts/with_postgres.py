"""Runs a command with TEST_DATABASE_URL set to a PostgreSQL: the given one, one on loopback, or a private one.

Usage: with_postgres.py COMMAND… . A private server lives below /var/tmp while the command runs and never syncs.
Exit code 69 when there is no PostgreSQL at all; otherwise that of the command.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

NONE = 69
ON_LOOPBACK = "postgresql://postgres@127.0.0.1:5432/postgres"


def answers(address: str) -> bool:
    """Whether databases can be made there."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def programs() -> Path | None:
    """Folder of the newest installed server."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def as_server_user(words: list[str]) -> list[str]:
    """PostgreSQL refuses root: then it runs as the packages' own user."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
        if os.getuid() == 0
        else words
    )


@contextlib.contextmanager
def private_server(binaries: Path) -> Iterator[str]:
    """A server of our own on a free port."""
    folder = Path(tempfile.mkdtemp(prefix="leitstelle-pg-", dir="/var/tmp"))
    folder.chmod(0o755)
    if os.getuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = str(folder / "data")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    initdb = [
        str(binaries / "initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    control = [str(binaries / "pg_ctl"), "-D", data]
    try:
        subprocess.run(as_server_user(initdb), **quiet)  # type: ignore[call-overload]
        start = [*control, "-o", options, "-l", str(folder / "log"), "-w", "start"]
        subprocess.run(as_server_user(start), **quiet)  # type: ignore[call-overload]
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            as_server_user([*control, "-m", "immediate", "stop"]), check=False, stdout=subprocess.DEVNULL
        )
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server() -> Iterator[str | None]:
    """The address of a server for tests, or None."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield given if answers(given) else None
    elif answers(ON_LOOPBACK):
        yield ON_LOOPBACK
    elif (binaries := programs()) is not None:
        with private_server(binaries) as address:
            yield address
    else:
        yield None


def main() -> int:
    with server() as address:
        if address is None:
            sys.stderr.write(
                "No PostgreSQL: none at TEST_DATABASE_URL or on loopback, and none installed to start.\n"
            )
            return NONE
        return subprocess.run(
            sys.argv[1:], env=os.environ | {"TEST_DATABASE_URL": address}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
