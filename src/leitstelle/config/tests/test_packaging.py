"""The wheel: compiled translations, hashed static files, templates and data inside; tests outside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=110)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_translations_are_compiled(names: list[str]) -> None:
    for source in (ROOT / "src" / "leitstelle" / "locale").glob("*/LC_MESSAGES/*.po"):
        assert f"leitstelle/locale/{source.parts[-3]}/LC_MESSAGES/django.mo" in names
    assert not [name for name in names if name.endswith(".po")], "a source beside it would be compiled again"


def test_static_files_are_hashed(names: list[str]) -> None:
    assert "leitstelle/staticfiles/staticfiles.json" in names
    assert any(name.startswith("leitstelle/staticfiles/web/") and name.endswith(".gz") for name in names)


def test_everything_the_desk_reads_is_inside(names: list[str]) -> None:
    package = ROOT / "src" / "leitstelle"
    wanted = {
        f"leitstelle/{path.relative_to(package).as_posix()}"
        for pattern in ("**/templates/**/*", "**/django_templates/**/*", "**/shipped/*", "**/migrations/*.py")
        for path in package.glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted
    assert wanted <= set(names)


def test_command_and_licence_are_inside_and_tests_are_not(names: list[str]) -> None:
    assert any(name.endswith("dist-info/entry_points.txt") for name in names)
    assert any(name.endswith("/LICENSE") for name in names)
    assert not [name for name in names if "/tests/" in name or name.endswith("conftest.py")]
