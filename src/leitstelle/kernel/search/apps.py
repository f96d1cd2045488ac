"""Django application of `leitstelle.kernel.search`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class SearchConfig(DomainConfig):
    name = "leitstelle.kernel.search"
    label = "search"
    verbose_name = _("Search")
