"""Django application of `leitstelle.kernel.events`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "leitstelle.kernel.events"
    label = "events"
    verbose_name = _("Journal")
    default_auto_field = "django.db.models.BigAutoField"
