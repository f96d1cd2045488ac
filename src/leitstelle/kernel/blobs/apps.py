"""Django application of `leitstelle.kernel.blobs`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class BlobsConfig(DomainConfig):
    name = "leitstelle.kernel.blobs"
    label = "blobs"
    verbose_name = _("Files")
