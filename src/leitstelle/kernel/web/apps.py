"""Django application of `leitstelle.kernel.web`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "leitstelle.kernel.web"
    label = "web"
    verbose_name = _("Web shells")
    default_auto_field = "django.db.models.BigAutoField"
