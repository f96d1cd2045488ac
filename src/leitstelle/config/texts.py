"""Translated texts for parts that run without Django: supervisor, progress page, doctor.

Owns choosing the language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG of the terminal, or Accept-Language of a browser) and
compiling the catalogues of a checkout in time. Reads the same catalogue as the pages; a missing one gives English.
"""

import gettext
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"
KNOWN = ("de", "en")
TERMINAL_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def terminal_language(environ: Mapping[str, str] | None = None) -> str:
    """The language of the person at the terminal: `de` or `en`."""
    source = os.environ if environ is None else environ
    for name in TERMINAL_VARIABLES:
        if value := source.get(name, ""):
            return "de" if value.lower().startswith("de") else "en"
    return "en"


def browser_language(accept: str) -> str:
    """The first language of an Accept-Language header that we speak; German when it names none."""
    for part in accept.split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in KNOWN:
            return code
    return "de"


def stale_catalogues() -> list[Path]:
    """Catalogues whose compiled form is missing or older."""
    return [
        path
        for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
        if not (made := path.with_suffix(".mo")).exists() or made.stat().st_mtime < path.stat().st_mtime
    ]


def refresh_catalogues() -> None:
    """Compiles the catalogues of a checkout that are missing or older than their source; a wheel brings its own.

    To be called before Django is set up: what it looks up first (its own models ask for texts) stays in memory. A
    folder that cannot be written changes nothing; `leitstelle doctor` tells of it.
    """
    if stale_catalogues():
        with suppress(OSError):
            import_module("leitstelle.kernel.i18n").compile_all()
            translator.cache_clear()


@lru_cache(maxsize=4)
def translator(language: str) -> Callable[[str], str]:
    """The gettext function of one language."""
    return gettext.translation("django", LOCALE, languages=[language], fallback=True).gettext


def _(text: str) -> str:
    """The text in the language of the terminal."""
    return translator(terminal_language())(text)
