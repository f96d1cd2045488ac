"""Django application of `leitstelle.tickets`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class TicketsConfig(DomainConfig):
    name = "leitstelle.tickets"
    label = "tickets"
    verbose_name = _("Tickets")
