"""Django application of `leitstelle.tickets`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "leitstelle.tickets"
    label = "tickets"
    verbose_name = _("Tickets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("events", "subscribers", "panels", "searchdocs"):
            if find_spec(f"leitstelle.tickets.{module}") is not None:
                import_module(f"leitstelle.tickets.{module}")
