"""Django application of `leitstelle.automation`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class AutomationConfig(DomainConfig):
    name = "leitstelle.automation"
    label = "automation"
    verbose_name = _("Webhooks")
