"""Django application of `leitstelle.sla`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "leitstelle.sla"
    label = "sla"
    verbose_name = _("Sla")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("events", "subscribers", "panels", "searchdocs"):
            if find_spec(f"leitstelle.sla.{module}") is not None:
                import_module(f"leitstelle.sla.{module}")
