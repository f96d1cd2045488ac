"""Translation tooling: texts are found everywhere, catalogues keep what is translated, faults are named."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from leitstelle.kernel import i18n


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = {
        "desk/labels.py": 'from x import gettext_lazy as _, pgettext\nNAME = _("Ticket")\npgettext("verb", "Open")\n',
        "desk/counts.py": 'ngettext("%(count)s day", "%(count)s days", n)\n',
        "desk/templates/desk/a.html": '{{ _("Hello %(name)s", name=n) }}'
        "{% trans trimmed %}\n  Two\n  lines\n{% endtrans %}",
        "desk/django_templates/b.html": '{% load i18n %}{% translate "Old style" %}'
        "{% blocktranslate %}Block{% endblocktranslate %}",
        "desk/static/desk/js/c.js": 'export const x = gettext("From a module");',
        "desk/static/vendor/d.js": 'gettext("Not ours");',
        "desk/tests/test_x.py": '_("Not a product text")',
    }
    for name, text in files.items():
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "package"


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    return tmp_path / "locale"


def translate(locale: Path, msgid: str, text: str, language: str = "de", *, fuzzy: bool = False) -> None:
    path = locale / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    message = catalogue.get(msgid)
    assert message is not None
    message.string = text
    if fuzzy:
        message.flags.add("fuzzy")
    with path.open("wb") as file:
        write_po(file, catalogue)


def test_texts_are_found_in_every_kind_of_file_of_ours(package: Path) -> None:
    found = {
        message.id if isinstance(message.id, str) else message.id[0] for message in i18n.extract(package)
    }
    expected = {"Ticket", "Open", "%(count)s day", "Hello %(name)s", "Two lines", "Old style", "Block"}
    assert found - {""} == expected | {"From a module"}


def test_update_keeps_translations_and_is_stable(package: Path, locale: Path) -> None:
    i18n.update(package, locale)
    translate(locale, "Ticket", "Meldung")
    i18n.update(package, locale)
    first = (locale / "de/LC_MESSAGES/django.po").read_text("utf-8")
    assert 'msgstr "Meldung"' in first
    i18n.update(package, locale)
    assert (locale / "de/LC_MESSAGES/django.po").read_text("utf-8") == first


def test_check_names_missing_fuzzy_and_broken_entries(package: Path, locale: Path) -> None:
    assert {finding.problem for finding in i18n.check(package, locale)} == {"missing, run extract"}
    i18n.update(package, locale)
    assert {(f.language, f.problem) for f in i18n.check(package, locale)} == {("de", "not translated")}
    translate(locale, "Ticket", "Ticket", fuzzy=True)
    translate(locale, "Hello %(name)s", "Hallo %(nome)s")
    translate(locale, "Old style", "Alte Art")
    problems = {(f.msgid, f.problem) for f in i18n.check(package, locale) if f.language == "de"}
    assert ("Ticket", "fuzzy") in problems
    assert ("Hello %(name)s", "unknown placeholder in the translation") in problems
    assert ("Hello %(name)s", "placeholder missing in the translation") in problems
    assert "Old style" not in {msgid for msgid, _ in problems}


def test_compiled_catalogues_leave_fuzzy_entries_out(package: Path, locale: Path) -> None:
    i18n.update(package, locale)
    translate(locale, "Ticket", "Falsch", fuzzy=True)
    translate(locale, "Old style", "Alte Art")
    german, _english = i18n.compile_all(locale)
    content = german.read_bytes()
    assert b"Alte Art" in content
    assert b"Falsch" not in content
