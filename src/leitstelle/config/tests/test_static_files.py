"""Collecting static files: hashed, compressed, module imports rewritten, done once."""

import json
import os
from pathlib import Path

import pytest

from leitstelle.config import static_files


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "source"
    (folder / "web").mkdir(parents=True)
    (folder / "web" / "app.js").write_text('import { b } from "./b.js";\nb();\n' + "//\n" * 200)
    (folder / "web" / "b.js").write_text("export const b = () => 1;\n")
    monkeypatch.setattr(static_files, "sources", lambda: [folder])
    return folder


def test_files_are_hashed_and_imports_follow(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert static_files.collect(target)
    paths = json.loads((target / "staticfiles.json").read_text())["paths"]
    app = (target / paths["web/app.js"]).read_text()
    assert Path(paths["web/b.js"]).name in app
    assert "./b.js" not in app
    assert (target / (paths["web/app.js"] + ".gz")).exists()


def test_nothing_is_done_twice_and_changes_are_seen(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert static_files.collect(target)
    assert not static_files.collect(target)
    (source / "web" / "b.js").write_text("export const b = () => 2;\n")
    os.utime(source / "web" / "b.js", ns=(1, 1))
    assert static_files.collect(target)


def test_missing_reference_is_an_error(source: Path, tmp_path: Path) -> None:
    (source / "web" / "app.css").write_text("body { background: url(gone.png); }")
    with pytest.raises(ValueError, match=r"app\.css"):
        static_files.collect(tmp_path / "target")


def test_our_own_files_have_no_broken_reference(tmp_path: Path) -> None:
    assert static_files.collect(tmp_path / "target")
