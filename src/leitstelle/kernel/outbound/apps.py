"""Django application of `leitstelle.kernel.outbound`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class OutboundConfig(DomainConfig):
    name = "leitstelle.kernel.outbound"
    label = "outbound"
    verbose_name = _("Webhooks")
