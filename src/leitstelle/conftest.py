"""Fixtures of all tests: nothing leaves the machine, files and caches start empty.

Owns what every domain's tests share. Leaves factories and casts to the domains' own `tests/`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import translation


@pytest.fixture(autouse=True)
def clean_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Language and cache of one test never reach the next."""
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def blob_root(tmp_path: Path, settings: object) -> Path:
    """Files that a test stores vanish with it."""
    root = tmp_path / "blobs"
    settings.BLOB_ROOT = root  # type: ignore[attr-defined]
    return root
