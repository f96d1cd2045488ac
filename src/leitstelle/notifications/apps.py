"""Django application of `leitstelle.notifications`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class NotificationsConfig(DomainConfig):
    name = "leitstelle.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
