"""Base of every domain's Django application: imports its wiring modules once the models are loaded."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

WIRING = ("events", "subscribers", "panels", "searchdocs", "tasks")


class DomainConfig(AppConfig):
    """Imports the modules that register something, so that registration does not hang on a request."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in WIRING:
            if find_spec(f"{self.name}.{module}") is not None:
                import_module(f"{self.name}.{module}")
