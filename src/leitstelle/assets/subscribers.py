"""Devices follow people, customers and sites that are merged."""

from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Movable, register_movable
from leitstelle.assets.models import Asset, AssetUser

register_movable(
    Movable("assets.users", "person", AssetUser, "person", _("Devices used"), unique=("asset_id",))
)
register_movable(Movable("assets.assets", "organisation", Asset, "organisation", _("Devices")))
register_movable(Movable("assets.assets_at_site", "site", Asset, "site"))
