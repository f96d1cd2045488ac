"""The catalogues `locale/<language>/LC_MESSAGES/django.po`.

German must be complete. English needs no translation (msgids are English) except plural and context entries whose
msgid is not what is to be read; an empty entry counts as the msgid itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .sources import PACKAGE, found_messages

LOCALE = PACKAGE / "locale"
LANGUAGES = ("de", "en")
_PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])|%%")


@dataclass(frozen=True)
class Finding:
    """Something wrong in a catalogue."""

    language: str
    msgid: str
    problem: str

    def __str__(self) -> str:
        return f"{self.language}: {self.problem}: {self.msgid!r}"


def extract(package: Path = PACKAGE) -> Catalog:
    """All texts of the package as a template catalogue."""
    template = Catalog(project="Leitstelle", charset="utf-8")
    for found in found_messages(package):
        template.add(
            found.msgid,
            None,
            [(found.path, 0)],
            auto_comments=found.comments,
            context=found.context,
        )
    return template


def read(language: str, locale: Path = LOCALE) -> Catalog:
    """The catalogue of a language, empty where the file does not exist yet."""
    path = _path(language, locale)
    if not path.exists():
        return Catalog(locale=language, project="Leitstelle", charset="utf-8", header_comment="# Leitstelle")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(package: Path = PACKAGE, locale: Path = LOCALE) -> dict[str, int]:
    """Bring both catalogues to the texts found now; returns the number of texts per language.

    Nothing is guessed: a changed text is a new one. Texts no longer used are dropped: obsolete entries lose their
    context, and one that then equals a living text makes the whole file invalid for other tools.
    """
    template = extract(package)
    counts = {}
    for language in LANGUAGES:
        catalogue = read(language, locale)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.fuzzy = False
        catalogue.obsolete.clear()
        for message in catalogue:
            message.auto_comments = []
        path = _path(language, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
        counts[language] = len(catalogue)
    return counts


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write the `.mo` files, each at once and whole: others may read or write them; fuzzy entries are left out."""
    written = []
    for language in LANGUAGES:
        target = _path(language, locale).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
            write_mo(file, read(language, locale))
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
        written.append(target)
    return written


def check(package: Path = PACKAGE, locale: Path = LOCALE) -> list[Finding]:
    """What is wrong: missing texts, fuzzy entries, untranslated German, placeholders that differ."""
    template = extract(package)
    findings: list[Finding] = []
    for language in LANGUAGES:
        catalogue = read(language, locale)
        for wanted in template:
            if wanted.id:
                findings += _problems(language, wanted, catalogue.get(_key(wanted), wanted.context))
    return findings


def _problems(language: str, wanted: Message, known: Message | None) -> Iterator[Finding]:
    text = _key(wanted)
    if known is None:
        yield Finding(language, text, "missing, run extract")
        return
    if known.fuzzy:
        yield Finding(language, text, "fuzzy")
    strings = _strings(known)
    if not all(strings):
        if language != "en":
            yield Finding(language, text, "not translated")
        return
    allowed = _placeholders(*_ids(wanted))
    for string in strings:
        if not _placeholders(string) <= allowed:
            yield Finding(language, text, "unknown placeholder in the translation")
    needed = set.intersection(*(_placeholders(msgid) for msgid in _ids(wanted)))
    if not needed <= _placeholders(*strings):
        yield Finding(language, text, "placeholder missing in the translation")


def _placeholders(*texts: str) -> set[str]:
    return {match.group(1) for text in texts for match in _PLACEHOLDER.finditer(text) if match.group(1)}


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def _key(message: Message) -> str:
    return _ids(message)[0]


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def _path(language: str, locale: Path) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"
