"""Django application of `leitstelle.assets`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class AssetsConfig(DomainConfig):
    name = "leitstelle.assets"
    label = "assets"
    verbose_name = _("Devices")
