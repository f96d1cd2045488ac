"""Django application of `leitstelle.intake`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class IntakeConfig(DomainConfig):
    name = "leitstelle.intake"
    label = "intake"
    verbose_name = _("Intake")
