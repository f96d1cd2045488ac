"""Django application of `leitstelle.catalog`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class CatalogConfig(DomainConfig):
    name = "leitstelle.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
