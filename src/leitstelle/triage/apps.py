"""Django application of `leitstelle.triage`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class TriageConfig(DomainConfig):
    name = "leitstelle.triage"
    label = "triage"
    verbose_name = _("Triage")
