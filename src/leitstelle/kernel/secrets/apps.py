"""Django application of `leitstelle.kernel.secrets`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecretsConfig(AppConfig):
    name = "leitstelle.kernel.secrets"
    label = "secrets"
    verbose_name = _("Secrets")
    default_auto_field = "django.db.models.BigAutoField"
