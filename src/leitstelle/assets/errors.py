"""Refusals of the devices domain."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict


class AssetRetired(Conflict):
    """A retired device is handed to nobody."""

    code = "asset_retired"
    default_message = _("This device is retired. Put it back in stock first.")
