"""Nothing in the repository belongs to one machine: no paths of a computer, no addresses of package indexes."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
FOLDERS = ("src", "docs", "scripts", ".ci", ".github")
MACHINE = re.compile(
    rb"(?<![\w.*}>~-])/(?:root|work|home/\w+)/[\w.]|/tmp/b[a]sh_|/var/tmp/\w+/|[-]-(?:extra-)?index-url|[-]-find-links"
    rb"|\bp[y]pi\.|\bpythonh[o]sted\b|\bn[p]mjs\b|\bartifactory\b"
)


def files() -> Iterator[Path]:
    """Every file a checkout consists of, without what tools leave behind in it."""
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            inside = path.relative_to(ROOT / folder).parts
            if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inside):
                yield path


def offences(path: Path) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {found[0].decode()}" for found in MACHINE.finditer(path.read_bytes())]


def test_no_file_names_a_machine_or_a_package_index() -> None:
    mine = list(files())
    assert len(mine) > 500
    assert not [offence for path in mine for offence in offences(path)]


def test_such_names_would_be_found() -> None:
    planted = (
        b"see /%s/.venv" % b"root",
        b"'/%s/venv/bin'" % b"work",
        b"cd /%s/anna/desk" % b"home",
        b"pip install --%s https://x" % b"index-url",
    )
    assert all(MACHINE.search(text) for text in planted)
    assert not MACHINE.search(b"kernel/work/models.py and ~/work/x, /homes/, at work / root")
