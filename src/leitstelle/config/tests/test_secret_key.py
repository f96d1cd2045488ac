"""The kept secret key: made once, for its owner only, also when many start at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leitstelle.config import secret_key
from leitstelle.config.env import ConfigurationError


def test_key_is_made_with_owner_only_rights_and_kept(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    first = secret_key.load_or_create(data)
    path = data / secret_key.FILE_NAME
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert len(first) >= 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_key.load_or_create(data) == first


def test_everybody_gets_the_same_key_when_many_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _number: secret_key.load_or_create(tmp_path), range(64)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == [secret_key.FILE_NAME]


def test_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match="LEITSTELLE_DATA"):
        secret_key.make_data_directory(tmp_path / "file" / "data")
