"""Django application of `leitstelle.kernel.api`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class ApiConfig(DomainConfig):
    name = "leitstelle.kernel.api"
    label = "api"
    verbose_name = _("API")
