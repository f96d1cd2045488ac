"""Django application of `leitstelle.kernel.work`."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    name = "leitstelle.kernel.work"
    label = "work"
    verbose_name = _("Background work")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Imported here, not above: these modules need the models, which exist only now.
        sealing = import_module("leitstelle.kernel.events.sealing")
        deliveries = import_module("leitstelle.kernel.work.deliveries")
        sealing.on_sealed(deliveries.write)
        import_module("leitstelle.kernel.work.maintenance")
