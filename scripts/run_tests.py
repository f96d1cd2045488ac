"""Everything `make test` runs, one stage after the other: checks of the source, tests on PostgreSQL, tests on SQLite.

Usage: run_tests.py, by the interpreter of the test environment. A failed stage does not hide the next one; the last
line is `N passed, N failed` over all stages (a check of the source counts as one). TEST_REQUIRE_ALL=1 (continuous
integration) turns everything left out into a failure; TEST_SUMMARY names a file that gets the last line too.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_POSTGRES = 69
# Neighbours share what they begin with (`built_once`), so each process gets a stretch of tests; who is done first takes
# from the others' ends.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", "--durations", "25"]
CHECKS = {
    "lint": ["ruff", "check", "src", "scripts", "hatch_build.py"],
    "format": ["ruff", "format", "--check", "src", "scripts", "hatch_build.py"],
    "imports": ["lint-imports", "--no-logo"],
    "types": ["mypy"],
}


# Compiled files of this run: every test process and every program that tests start needs the same two thousand.
COMPILED = tempfile.mkdtemp(prefix="leitstelle-compiled-")
atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)


def run(words: list[str], **environment: str) -> int:
    """Exit code of a command, run in the checkout without leaving compiled files there."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        words, cwd=ROOT, env=kept | {"PYTHONPYCACHEPREFIX": COMPILED} | environment, check=False
    ).returncode


def check(name: str) -> Counter[str]:
    """One check of the source."""
    words = CHECKS[name]
    return Counter(passed=1) if run([str(BIN / words[0]), *words[1:]]) == 0 else Counter(failed=1)


def pytest(selection: str, launcher: list[str], **environment: str) -> Counter[str]:
    """One run of the tests that a marker expression selects; counts come from pytest's own report."""
    with tempfile.TemporaryDirectory(prefix="leitstelle-report-") as folder:
        report = Path(folder) / "report.xml"
        code = run([*launcher, *PYTEST, "-m", selection, f"--junit-xml={report}"], **environment)
        found = counts(report) if report.exists() else Counter()
    if code == NO_POSTGRES and not found:
        return Counter(failed=1) if os.environ.get("TEST_REQUIRE_ALL") == "1" else Counter(skipped=1)
    if code and not found["failed"]:
        found["failed"] += 1  # interrupted, or broken before any test could fail
    return found


def counts(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests of a JUnit report that we wrote ourselves."""
    found: Counter[str] = Counter()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        found.update(failed=failed, skipped=skipped, passed=int(suite.get("tests", 0)) - failed - skipped)
    return found


def on_postgres() -> Counter[str]:
    """Everything but the browser on PostgreSQL, which `with_postgres` finds or starts."""
    launcher = [sys.executable, str(ROOT / "scripts" / "with_postgres.py")]
    return pytest("not browser and not soak", launcher)


def on_sqlite() -> Counter[str]:
    """Everything on SQLite, the browser too."""
    os.environ.pop("TEST_DATABASE_URL", None)
    return pytest("not soak", [])


def main() -> int:
    stages: dict[str, Callable[[], Counter[str]]] = {
        **{name: lambda name=name: check(name) for name in CHECKS},  # type: ignore[misc]
        "tests on PostgreSQL": on_postgres,
        "tests on SQLite, with browser": on_sqlite,
    }
    total: Counter[str] = Counter()
    told = []
    for name, stage in stages.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        found = stage()
        told.append(f"{name:<32}{time.monotonic() - started:7.1f} s  {line(found)}")
        total += found
    print("\n== All stages\n" + "\n".join(told))
    print(line(total), flush=True)
    if summary := os.environ.get("TEST_SUMMARY"):
        Path(summary).write_text(line(total) + "\n")
    return 1 if total["failed"] else 0


def line(found: Counter[str]) -> str:
    """Counts in pytest's words."""
    skipped = f", {found['skipped']} skipped" if found["skipped"] else ""
    return f"{found['passed']} passed, {found['failed']} failed{skipped}"


if __name__ == "__main__":
    sys.exit(main())
