"""Django application of `leitstelle.sla`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class SlaConfig(DomainConfig):
    name = "leitstelle.sla"
    label = "sla"
    verbose_name = _("Agreements")
