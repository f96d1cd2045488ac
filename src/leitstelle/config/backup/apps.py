"""Django application of the backups: its schedules and its page under administration."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class BackupConfig(DomainConfig):
    name = "leitstelle.config.backup"
    label = "backup"
    verbose_name = _("Backups")
