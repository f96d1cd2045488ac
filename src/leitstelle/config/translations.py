"""Compiles the gettext catalogues with Babel: no system gettext is needed at build or start.

Run as `python translations.py` it needs Babel alone, so the wheel build and the Makefile can use it.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogues(locale: Path = LOCALE, *, force: bool = False) -> list[Path]:
    """Writes the `.mo` file beside every newer `.po` file and returns what was written.

    A fuzzy entry is left out, so it is shown in English instead of wrongly.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        temporary = target.with_suffix(".mo.new")
        with temporary.open("wb") as file:
            write_mo(file, catalogue)
        temporary.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues(force="--force" in sys.argv)
