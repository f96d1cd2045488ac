"""Checks that need neither Django nor a database: interpreter, variables, data directory, disk, port, time zones."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leitstelle.config import env, secret_key
from leitstelle.config.doctor.findings import Check, Finding, error, ok, warning
from leitstelle.config.listen import listen, listen_host
from leitstelle.config.texts import LOCALE, _, stale_catalogues

OLDEST_PYTHON = (3, 11)
LITTLE_DISK, TOO_LITTLE_DISK = 2 * 1024**3, 200 * 1024**2
SHORTEST_KEY = 32


def python() -> Iterator[Finding]:
    """The interpreter is new enough."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        what = _("Python %(version)s is too old.") % {"version": version}
        yield error("python", what, _("Install Python 3.11 or newer."))
        return
    yield ok("python", _("Python %(version)s") % {"version": version})


def variables() -> Iterator[Finding]:
    """Every environment variable can be understood, and none is misspelt."""
    wrong = 0
    for variable in env.TABLE:
        try:
            variable.read()
        except env.ConfigurationError as problem:
            wrong += 1
            yield error(
                "environment", str(problem), _("Correct the variable; docs/configuration.md explains it.")
            )
    for name in sorted(os.environ):
        if name.startswith("LEITSTELLE_") and name not in env.BY_NAME:
            wrong += 1
            what = _("Nothing reads the variable %(name)s.") % {"name": name}
            yield warning(
                "environment", what, _("Look for a spelling mistake; docs/configuration.md lists all.")
            )
    if not wrong:
        yield ok("environment", _("All variables can be understood."))


def data_directory() -> Iterator[Finding]:
    """The data directory exists, can be written and is closed to others."""
    path: Path = env.read("LEITSTELLE_DATA")
    if not path.exists():
        what = _("The data directory %(path)s does not exist yet.") % {"path": path}
        yield warning("data_directory", what, _("`leitstelle up` makes it; or correct LEITSTELLE_DATA."))
        return
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"x")
    except OSError as problem:
        what = _("Cannot write into %(path)s: %(problem)s") % {"path": path, "problem": problem.strerror}
        yield error("data_directory", what, _("Give the user that runs Leitstelle the right to write there."))
        return
    if path.stat().st_mode & stat.S_IRWXO:
        what = _("Everybody on this machine may look into %(path)s.") % {"path": path}
        yield warning("data_directory", what, f"chmod o-rwx {path}")
    else:
        yield ok("data_directory", str(path))


def key() -> Iterator[Finding]:
    """There is a long secret key, and a file that only its owner reads."""
    given: str = env.read("SECRET_KEY")
    if given:
        if len(given) < SHORTEST_KEY:
            yield error(
                "secret_key", _("SECRET_KEY is too short."), _("Use 50 random characters or leave it empty.")
            )
        else:
            yield ok("secret_key", _("The secret key comes from the environment."))
        return
    path = env.read("LEITSTELLE_DATA") / secret_key.FILE_NAME
    if not path.exists():
        yield warning("secret_key", _("There is no secret key yet."), _("`leitstelle up` makes one."))
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield error("secret_key", _("Others can read %(path)s.") % {"path": path}, f"chmod 600 {path}")
    else:
        yield ok("secret_key", str(path))


def disk() -> Iterator[Finding]:
    """Space is left where data grows."""
    path: Path = env.read("LEITSTELLE_DATA")
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    what = _("%(megabytes)s MB are free in %(path)s.") % {"megabytes": free // 1024**2, "path": path}
    if free < TOO_LITTLE_DISK:
        yield error("disk", what, _("Make room now: mail that arrives cannot be kept."))
    elif free < LITTLE_DISK:
        yield warning("disk", what, _("Make room soon."))
    else:
        yield ok("disk", what)


def port() -> Iterator[Finding]:
    """The port is free, or somebody answers on it."""
    try:
        listen(listen_host(), env.read("LEITSTELLE_PORT")).close()
    except env.ConfigurationError as problem:
        advice = _("This is right while Leitstelle runs; otherwise something else holds the port.")
        yield warning("port", str(problem), advice)
        return
    yield ok("port", _("Port %(port)s is free.") % {"port": env.read("LEITSTELLE_PORT")})


def time_zones() -> Iterator[Finding]:
    """Zone data are there: deadlines depend on them."""
    try:
        name = ZoneInfo(env.read("LEITSTELLE_TIME_ZONE")).key
    except ZoneInfoNotFoundError:
        yield error("time_zones", _("Time zone data are missing."), "pip install tzdata")
        return
    yield ok("time_zones", name)


def translations() -> Iterator[Finding]:
    """Every catalogue is compiled and not older than its source."""
    compiled = list(LOCALE.glob("*/LC_MESSAGES/*.mo"))
    if stale_catalogues() or not compiled:
        what = _("Translations are not compiled: pages appear in English only.")
        hint = _("Let Leitstelle write to %(folder)s once, or install it as a package.") % {"folder": LOCALE}
        yield warning("translations", what, hint)
        return
    languages = ", ".join(sorted(path.parent.parent.name for path in compiled))
    yield ok("translations", languages)


def base_url() -> Iterator[Finding]:
    """Links in mails lead somewhere."""
    address: str = env.read("LEITSTELLE_BASE_URL")
    if not address:
        what = _("LEITSTELLE_BASE_URL is empty: links in mails lead to this machine only.")
        yield warning(
            "base_url", what, _("Set it to the address people use, such as https://desk.example.org.")
        )
    elif address.startswith("http://") and not env.read("LEITSTELLE_DEMO"):
        what = _("The address %(address)s is not encrypted.") % {"address": address}
        yield warning("base_url", what, _("Put a reverse proxy with a certificate in front and use https."))
    else:
        yield ok("base_url", address)


def demo_mode() -> Iterator[Finding]:
    """Demo sign-ins are known to everybody."""
    if env.read("LEITSTELLE_DEMO") and listen_host() not in {"127.0.0.1", "::1", "localhost"}:
        what = _("Demo mode is reachable from other machines; its passwords are known to everybody.")
        yield warning("demo", what, _("Unset LEITSTELLE_DEMO or LEITSTELLE_HOST."))


CHECKS: tuple[Check, ...] = (
    python,
    variables,
    data_directory,
    key,
    disk,
    port,
    time_zones,
    translations,
    base_url,
    demo_mode,
)
