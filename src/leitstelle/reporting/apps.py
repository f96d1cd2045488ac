"""Django application of `leitstelle.reporting`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class ReportingConfig(DomainConfig):
    name = "leitstelle.reporting"
    label = "reporting"
    verbose_name = _("Figures")
