"""Django application of `leitstelle.catalog`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "leitstelle.catalog"
    label = "catalog"
    verbose_name = _("Catalog")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("events", "subscribers", "panels", "searchdocs"):
            if find_spec(f"leitstelle.catalog.{module}") is not None:
                import_module(f"leitstelle.catalog.{module}")
