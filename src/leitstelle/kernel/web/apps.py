"""Django application of `leitstelle.kernel.web`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .registry import admin_sections, register_nav


class WebConfig(AppConfig):
    name = "leitstelle.kernel.web"
    label = "web"
    verbose_name = _("Web shells")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_nav(
            "administration",
            pgettext_lazy("main areas", "Admin"),
            "web:administration",
            "settings",
            90,
            lambda viewer: bool(admin_sections(viewer)),
        )
