"""Names of the codes in `choices`, and the sentences of the domain."""

from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from leitstelle.assets.choices import AssetStatus

STATUS: dict[str, Promise] = {
    AssetStatus.IN_USE: pgettext_lazy("device", "in use"),
    AssetStatus.IN_STOCK: pgettext_lazy("device", "in stock"),
    AssetStatus.IN_REPAIR: pgettext_lazy("device", "in repair"),
    AssetStatus.RETIRED: pgettext_lazy("device", "retired"),
    AssetStatus.LOST: pgettext_lazy("device", "lost"),
}

MISSING_NAME = _("Please enter a name or host name.")
WARRANTY_BEFORE_PURCHASE = _("The warranty cannot end before the device was bought.")
NOBODY_FITS = _("Nobody with this name, address or number was found.")


class Named(Protocol):
    """A row with a name in both languages."""

    name_de: str
    name_en: str


def name_of(row: Named) -> str:
    """The name in the active language; the other one where it was left empty."""
    german = (get_language() or "de").startswith("de")
    return (row.name_de or row.name_en) if german else (row.name_en or row.name_de)
