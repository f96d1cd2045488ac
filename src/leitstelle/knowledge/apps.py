"""Django application of `leitstelle.knowledge`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class KnowledgeConfig(DomainConfig):
    name = "leitstelle.knowledge"
    label = "knowledge"
    verbose_name = _("Knowledge")
