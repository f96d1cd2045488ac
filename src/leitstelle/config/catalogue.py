"""Extracts every text of the product into the gettext catalogues: `python -m leitstelle.config.catalogue`.

Owns where texts are found: Python, Jinja2 templates, Django templates, ES modules. New texts appear untranslated, texts
that are gone disappear; nothing is guessed, so there are no fuzzy entries. Leaves compiling to `translations`.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "en")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
JINJA = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
DJANGO_TAG = re.compile(r"""\{%\s*(?:trans|translate)\s+(["'])(?P<text>.+?)\1""")
SKIPPED = {"tests", "migrations", "staticfiles", "content", "__pycache__"}


def files() -> Iterator[tuple[str, Path]]:
    """Method and file of everything that can hold texts."""
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if SKIPPED.intersection(parts) or not path.is_file():
            continue
        if path.suffix == ".py":
            yield "python", path
        elif "templates" in parts and path.suffix in {".html", ".txt"}:
            yield "jinja2", path
        elif "django_templates" in parts:
            yield "django", path
        elif "static" in parts and path.suffix == ".js" and "vendor" not in parts:
            yield "javascript", path


def extracted() -> Catalog:
    """All texts with the places where they are used."""
    catalogue = Catalog(charset="utf-8")
    for method, path in files():
        place = path.relative_to(PACKAGE.parent).as_posix()
        if method == "django":
            for found in DJANGO_TAG.finditer(path.read_text("utf-8")):
                catalogue.add(found["text"], locations=[(place, 0)])
            continue
        options = JINJA if method == "jinja2" else {}
        with path.open("rb") as file:
            rows = extract(method, file, keywords=KEYWORDS, comment_tags=("Translators:",), options=options)
            for _line, text, comments, context in rows:
                catalogue.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalogue


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    path = path_of(language)
    source = path.read_bytes() if path.exists() else b""
    return read_po(BytesIO(source), locale=language, charset="utf-8")


def placeholders(text: str) -> list[str]:
    """The placeholders of a text, sorted."""
    return sorted(match.group(0) for match in PLACEHOLDER.finditer(text))


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def faults(language: str) -> list[str]:
    """What is wrong with a catalogue: missing, fuzzy or superfluous texts, placeholders that differ."""
    catalogue, wanted = read(language), extracted()
    found = [
        f"not in the catalogue: {m.id!r}" for m in wanted if m.id and catalogue.get(m.id, m.context) is None
    ]
    for message in catalogue:
        if message.id:
            found += _faults_of(message, wanted, must_translate=language != "en")
    return found


def _faults_of(message: Message, wanted: Catalog, *, must_translate: bool) -> Iterator[str]:
    if wanted.get(message.id, message.context) is None:
        yield f"no longer used: {message.id!r}"
    if message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    translated = [text for text in _texts(message.string) if text]
    if must_translate and len(translated) < len(_texts(message.id)):
        yield f"not translated: {message.id!r}"
    allowed = {tuple(placeholders(text)) for text in _texts(message.id)}
    for text in translated:
        if tuple(placeholders(text)) not in allowed:
            yield f"placeholders differ: {message.id!r} {text!r}"


def update(language: str) -> None:
    """Brings a catalogue up to date with the sources; keeps translations, drops what is gone."""
    old, new = read(language), extracted()
    new.locale = language
    # Dates of the old file: a run that finds nothing new changes nothing.
    new.creation_date, new.revision_date = old.creation_date, old.revision_date
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(
            file, new, width=110, no_location=True, sort_output=True, omit_header=False, ignore_obsolete=True
        )


if __name__ == "__main__":
    for code in LANGUAGES:
        update(code)
