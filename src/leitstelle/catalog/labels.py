"""Sentences of the catalogue, and the name of a row in the reader's language."""

from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MISSING_NAME = _("Please enter a name.")
OWN_DESCENDANT = _("A category cannot belong to itself.")
UNKNOWN_CHOICE = _("Please choose one of the entries.")


class Named(Protocol):
    """A row with a name in both languages."""

    name_de: str
    name_en: str


def name_of(row: Named, language: str | None = None) -> str:
    """The name in `language` (default: the active one); the other one where it was left empty."""
    german = (language or get_language() or "de").startswith("de")
    return (row.name_de or row.name_en) if german else (row.name_en or row.name_de)
