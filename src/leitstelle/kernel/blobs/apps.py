"""Django application of `leitstelle.kernel.blobs`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlobsConfig(AppConfig):
    name = "leitstelle.kernel.blobs"
    label = "blobs"
    verbose_name = _("Files")
    default_auto_field = "django.db.models.BigAutoField"
