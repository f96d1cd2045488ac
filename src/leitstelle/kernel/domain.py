"""Base of every domain's Django application: imports its wiring modules once the models are loaded."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig

WIRING = ("events", "subscribers", "panels", "searchdocs", "tasks")


class DomainConfig(AppConfig):
    """Imports the modules that register something, so that registration does not hang on a request."""

    default_auto_field = "django.db.models.BigAutoField"
    default = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # An `apps.py` holds two classes, this one and its own: without the mark Django takes neither.
        cls.default = True

    def ready(self) -> None:
        for module in WIRING:
            if find_spec(f"{self.name}.{module}") is not None:
                import_module(f"{self.name}.{module}")
