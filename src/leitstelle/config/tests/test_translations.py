"""German and English are complete, nothing is fuzzy, placeholders agree, and catalogues compile without gettext."""

import gettext
from pathlib import Path

import pytest

from leitstelle.config import catalogue
from leitstelle.config.translations import compile_catalogues

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Holiday"
msgstr "Feiertag"

#, fuzzy
msgid "Clock"
msgstr "Falsch"
"""


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    path = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, "utf-8")
    return tmp_path


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_catalogue_is_complete(language: str) -> None:
    assert catalogue.faults(language) == []


def test_compiled_catalogue_is_read_by_gettext(locale: Path) -> None:
    assert compile_catalogues(locale)
    translation = gettext.translation("django", locale, languages=["de"])
    assert translation.gettext("Holiday") == "Feiertag"


def test_fuzzy_entries_are_not_shown(locale: Path) -> None:
    compile_catalogues(locale)
    assert gettext.translation("django", locale, languages=["de"]).gettext("Clock") == "Clock"


def test_compiled_catalogue_is_kept_while_it_is_new(locale: Path) -> None:
    compile_catalogues(locale)
    assert compile_catalogues(locale) == []


def test_texts_of_all_kinds_of_files_are_found() -> None:
    kinds = {method for method, _path in catalogue.files()}
    assert {"python", "jinja2", "javascript"} <= kinds
    assert catalogue.extracted().get("Leitstelle is getting ready") is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("%(a)s of %(b)d", ["%(a)s", "%(b)d"]), ("100 %% of %(a)s", ["%%", "%(a)s"]), ("none", [])],
)
def test_placeholders(text: str, expected: list[str]) -> None:
    assert catalogue.placeholders(text) == expected
