"""Sentences of the catalogue, and the name of a row in the reader's language."""

from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MISSING_NAME = _("Please enter a name.")
OWN_DESCENDANT = _("A category cannot belong to itself.")
UNKNOWN_CHOICE = _("Please choose one of the entries.")
BRANCH_OR_SERVICE = _("Please choose either a category or a service.")
MISSING_CELL = _("Please choose a priority: a matrix has no gaps.")
NO_CONDITION = _("Please say when it counts: a VIP, a customer, an impact, an urgency or a category.")
STEPS_OR_FLOOR = _("Please choose either a number of steps or a lowest priority.")
CAP_BELOW_FLOOR = _("The cap cannot be below the priority that is given at least.")
CONTRADICTION = _(
    "%(worse)s would get a lower priority (%(worse_priority)s) than %(milder)s (%(milder_priority)s)."
)
NOT_BEFORE_NOW = _("A matrix counts from now on, or from a later moment.")


class Named(Protocol):
    """A row with a name in both languages."""

    name_de: str
    name_en: str


def name_of(row: Named, language: str | None = None) -> str:
    """The name in `language` (default: the active one); the other one where it was left empty."""
    german = (language or get_language() or "de").startswith("de")
    return (row.name_de or row.name_en) if german else (row.name_en or row.name_de)


class Branch(Named, Protocol):
    """A row of the category tree, with its parent at hand."""

    @property
    def parent(self) -> "Named | None": ...


def branch_name(row: Branch) -> str:
    """The name of a category with that of its branch before it, in the reader's language."""
    return f"{name_of(row.parent)} › {name_of(row)}" if row.parent else name_of(row)
