"""Django application of `leitstelle.calendars`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class CalendarsConfig(DomainConfig):
    name = "leitstelle.calendars"
    label = "calendars"
    verbose_name = _("Service hours")
