"""Django application of `leitstelle.kernel.mail`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class OutboxConfig(DomainConfig):
    name = "leitstelle.kernel.mail"
    label = "outbox"
    verbose_name = _("Outgoing mail")
