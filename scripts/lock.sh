#!/bin/sh
# Compiles the lock files again from pyproject.toml; extra words go to uv (for example: --upgrade).
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
options="--universal --python-version 3.11 --generate-hashes --no-header --quiet"
# shellcheck disable=SC2086
"$uv" pip compile $options "$@" pyproject.toml -o requirements.lock
# shellcheck disable=SC2086
"$uv" pip compile $options "$@" pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
# shellcheck disable=SC2086
echo uv | "$uv" pip compile $options "$@" - -o scripts/bootstrap.lock
