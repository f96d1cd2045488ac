#!/bin/sh
# Everything `make test` runs, from BIN (the test environment's programs). Stops at the first part that fails; the last
# line is pytest's own summary. TEST_REQUIRE_ALL=1 (continuous integration) turns everything left out into a failure.
set -eu
BIN=${BIN:?}
export PYTHONDONTWRITEBYTECODE=1

say() { printf '\n== %s\n' "$1" >&2; }

say "Lint, format, imports, types"
"$BIN/ruff" check src scripts hatch_build.py
"$BIN/ruff" format --check src scripts hatch_build.py
"$BIN/lint-imports" --no-logo
"$BIN/mypy"

say "Tests on PostgreSQL"
code=0
"$BIN/python" scripts/with_postgres.py "$BIN/python" -m pytest -q -n auto -m "not browser and not soak" || code=$?
if [ "$code" -eq 69 ] && [ "${TEST_REQUIRE_ALL:-}" != 1 ]; then
    echo "PostgreSQL left out." >&2
elif [ "$code" -ne 0 ]; then
    exit "$code"
fi

say "Tests on SQLite, with browser"
unset TEST_DATABASE_URL
exec "$BIN/python" -m pytest -q -n auto -m "not soak"
