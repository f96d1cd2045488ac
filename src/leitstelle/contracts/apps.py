"""Django application of `leitstelle.contracts`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class ContractsConfig(DomainConfig):
    name = "leitstelle.contracts"
    label = "contracts"
    verbose_name = _("Vendors and contracts")
