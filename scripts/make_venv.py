"""Makes or updates a virtual environment from a hashed lock file; needs Python 3.11 and its standard library.

Usage: make_venv.py FOLDER LOCKFILE. Installs with uv (bootstrapped by pip), or with pip where uv cannot, checks every
hash, and does nothing when the lock has not changed.
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
    if not install_with_uv(folder, python, lock):
        sys.stderr.write("uv could not install; trying pip, which is slower …\n")
        if pip(python, lock):
            return 1
    (site_packages(python) / "leitstelle-checkout.pth").write_text(f"{ROOT / 'src'}\n")
    command(folder)
    ready.write_text(mark)
    return 0


def pip(python: str, lock: Path) -> int:
    """Installs a lock file with pip; returns its exit code."""
    words = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    return subprocess.run([*words, "--requirement", str(lock)], check=False).returncode


def install_with_uv(folder: Path, python: str, lock: Path) -> bool:
    """Makes the environment hold exactly the lock file; False when uv cannot be had or cannot reach the packages."""
    tool = folder / ".uv"
    if not tool.exists():
        if pip(python, ROOT / "scripts" / BOOTSTRAP):
            return False
        # `sync` removes what the lock does not name, uv among it, so the program is kept aside.
        os.replace(folder / "bin" / "uv", tool)
    environment = os.environ | {"VIRTUAL_ENV": str(folder)}
    words = [str(tool), "pip", "sync", "--quiet", "--require-hashes", str(lock)]
    return subprocess.run(words, env=environment, check=False).returncode == 0


def site_packages(python: str) -> Path:
    """Where the environment keeps its packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(
        subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    )


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


if __name__ == "__main__":
    sys.exit(main())
