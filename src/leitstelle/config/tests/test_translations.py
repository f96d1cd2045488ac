"""German and English are complete: nothing missing, fuzzy or with other placeholders."""

from leitstelle.kernel import i18n


def test_catalogues_are_complete() -> None:
    assert [str(finding) for finding in i18n.check()] == []
