"""German and English are complete: nothing missing, fuzzy or with other placeholders; the files are valid gettext."""

import re
from collections import Counter

import pytest

from leitstelle.kernel import i18n
from leitstelle.kernel.i18n.catalogues import LANGUAGES, LOCALE

ENTRY = re.compile(r'^(?:#~ )?((?:msgctxt (?:".*"\n)+)?)(?:#~ )?(msgid (?:".*"\n)+)', re.MULTILINE)


def test_catalogues_are_complete() -> None:
    assert [str(finding) for finding in i18n.check()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_defined_twice(language: str) -> None:
    """Gettext's own tools refuse such a file whole; obsolete entries count too."""
    written = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text("utf-8")
    entries = Counter(ENTRY.findall(written))
    assert len(entries) > 1000
    assert [entry for entry, count in entries.items() if count > 1] == []
