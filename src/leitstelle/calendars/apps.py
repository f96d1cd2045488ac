"""Django application of `leitstelle.calendars`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "leitstelle.calendars"
    label = "calendars"
    verbose_name = _("Calendars")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("events", "subscribers", "panels", "searchdocs"):
            if find_spec(f"leitstelle.calendars.{module}") is not None:
                import_module(f"leitstelle.calendars.{module}")
