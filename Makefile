# The two commands: `make up` runs the desk, `make test` tests everything. Both work on a fresh machine with
# Python 3.11 or newer and nothing else (tests install their servers from Debian packages where they may).

PYTHON ?= python3
VENV := .venv
TEST_VENV := .venv-test
BIN := $(TEST_VENV)/bin
RUN_PYTEST := $(BIN)/python -m pytest

.PHONY: help up test check lint types soak bench clean servers messages

help:
	@echo "make up     set up and serve the desk (LEITSTELLE_PORT, LEITSTELLE_DATA)"
	@echo "make test   everything: lint, types, SQLite, PostgreSQL, browser"
	@echo "make check  the fast part, under 90 seconds"
	@echo "make soak   kill, fuzz and simulation tests at full size"
	@echo "make bench  fill tickets and measure speed"
	@echo "make lock   compile the lock files again"

# --- run -----------------------------------------------------------------------------------------------------------
up: $(VENV)/.ready
	@exec env LEITSTELLE_DEMO="$${LEITSTELLE_DEMO-1}" $(VENV)/bin/python -m leitstelle up

$(VENV)/.ready: requirements.lock pyproject.toml scripts/make_venv.py
	@$(PYTHON) scripts/make_venv.py $(VENV) requirements.lock

$(TEST_VENV)/.ready: requirements-dev.lock pyproject.toml scripts/make_venv.py
	@$(PYTHON) scripts/make_venv.py $(TEST_VENV) requirements-dev.lock

# --- test ----------------------------------------------------------------------------------------------------------
test: $(TEST_VENV)/.ready servers
	@$(BIN)/python scripts/run_tests.py

check: $(TEST_VENV)/.ready lint types
	@$(RUN_PYTEST) -q -n auto -m "not browser and not mailserver and not postgres and not soak" -k "rules or import_contracts or env or labels"

lint: $(TEST_VENV)/.ready
	@$(BIN)/ruff check src scripts hatch_build.py
	@$(BIN)/ruff format --check src scripts hatch_build.py
	@$(BIN)/lint-imports --no-logo

types: $(TEST_VENV)/.ready
	@$(BIN)/mypy

soak: $(TEST_VENV)/.ready servers
	@$(RUN_PYTEST) -q -m "soak or hypothesis" --timeout 3600 --hypothesis-profile random

bench: $(TEST_VENV)/.ready
	@$(BIN)/leitstelle bench $(ARGS)

servers:
	@scripts/install-test-servers.sh

# --- maintenance ---------------------------------------------------------------------------------------------------
lock: $(TEST_VENV)/.ready
	@UV="$(CURDIR)/$(TEST_VENV)/.uv" scripts/lock.sh

messages: $(TEST_VENV)/.ready
	@$(BIN)/leitstelle translations extract

clean:
	rm -rf $(VENV) $(TEST_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
