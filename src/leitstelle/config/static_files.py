"""Collects static files under hashed names, so that browsers may keep them for ever.

Owns where they come from and the storage that reads the manifest. Used at the start of a checkout and by the wheel
build, which has neither applications nor a database: therefore sources are folders, not Django's finders.
"""

import hashlib
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGE = Path(__file__).resolve().parent.parent
THIRD_PARTY = ("django.contrib.admin", "ninja")
FINGERPRINT = ".fingerprint"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Manifest storage that also rewrites the imports between ES modules."""

    support_js_module_import_aggregation = True


def sources() -> list[Path]:
    """Every folder that holds static files, ours first: the first of two equal names wins."""
    folders = sorted(path for path in PACKAGE.glob("**/static") if path.is_dir())
    for name in THIRD_PARTY:
        spec = find_spec(name)
        if spec and spec.origin:
            folders.append(Path(spec.origin).parent / "static")
    return [folder for folder in folders if folder.is_dir()]


def listed(folders: list[Path]) -> Iterator[tuple[str, Path]]:
    """Name and file of everything that is served."""
    seen: set[str] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in seen and not path.name.startswith("."):
                seen.add(name)
                yield name, path


def fingerprint(files: list[tuple[str, Path]]) -> str:
    """Changes when a file comes, goes or is written."""
    digest = hashlib.sha256()
    for name, path in files:
        status = path.stat()
        digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect(target: Path, base_url: str = "/static/") -> bool:
    """Fills `target` with plain, hashed and compressed files and the manifest; False when it was up to date.

    Raises ValueError when a style sheet or module names a file that does not exist.
    """
    files = list(listed(sources()))
    mark = fingerprint(files)
    note = target / FINGERPRINT
    if note.exists() and note.read_text("ascii") == mark:
        return False
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    plain = FileSystemStorage(location=target)
    for name, path in files:
        with path.open("rb") as file:
            plain.save(name, File(file))
    storage = HashedStaticFiles(location=str(target), base_url=base_url)
    paths = {name: (storage, name) for name, _ in files}
    for name, _new_name, outcome in storage.post_process(paths):
        if isinstance(outcome, Exception):
            raise ValueError(f"static file {name}: {outcome}") from outcome
    note.write_text(mark, "ascii")
    return True
