"""Makes or updates a virtual environment from a hashed lock file; needs Python 3.11 and its standard library.

Usage: make_venv.py FOLDER LOCKFILE. Installs with uv (bootstrapped by pip into the same environment), checks every hash,
and does nothing when the lock has not changed.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOTSTRAP = "bootstrap.lock"


def main() -> int:
    if sys.version_info < (3, 11):
        sys.stderr.write(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.\n")
        sys.stderr.write("Name another one: make PYTHON=python3.12 …\n")
        return 2
    folder, lock = ROOT / sys.argv[1], ROOT / sys.argv[2]
    ready = folder / ".ready"
    mark = digest(lock, ROOT / "pyproject.toml", ROOT / "scripts" / BOOTSTRAP)
    if ready.exists() and ready.read_text() == mark:
        ready.touch()
        return 0
    sys.stderr.write(f"Installing into {folder.name} …\n")
    if not (folder / "bin" / "python").exists():
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.stderr.write("Python lacks venv; on Debian: apt install python3-venv\n")
            return 2
    python = str(folder / "bin" / "python")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    bootstrap = ["--require-hashes", "--requirement", str(ROOT / "scripts" / BOOTSTRAP)]
    run([python, "-m", "pip", "install", *quiet, *bootstrap])
    uv = str(folder / "bin" / "uv")
    # `sync` would remove uv itself, so it is kept outside of the environment it fills.
    tool = folder / ".uv"
    os.replace(uv, tool)
    environment = os.environ | {"VIRTUAL_ENV": str(folder)}
    run([str(tool), "pip", "sync", "--quiet", "--require-hashes", str(lock)], environment)
    (site_packages(python) / "leitstelle-checkout.pth").write_text(f"{ROOT / 'src'}\n")
    command(folder)
    ready.write_text(mark)
    return 0


def site_packages(python: str) -> Path:
    """Where the environment keeps its packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())


def command(folder: Path) -> None:
    """The command `leitstelle` of the checkout: no build step, so nothing has to be downloaded for it."""
    path = folder / "bin" / "leitstelle"
    path.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m leitstelle "$@"\n')
    path.chmod(0o755)


def digest(*files: Path) -> str:
    """One hash over the files' contents."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def run(words: list[str], environment: dict[str, str] | None = None) -> None:
    """Runs a program and ends this one, with its exit code, when it fails."""
    code = subprocess.run(words, env=environment, check=False).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    sys.exit(main())
