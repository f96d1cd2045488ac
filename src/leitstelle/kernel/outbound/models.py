"""Where others are called, by which key, and how the last call went."""

from django.db import models

from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.secrets import EncryptedField


class Endpoint(models.Model):
    """An address of another system. `answer` is what became of the last call: "200", "timeout" …"""

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=500)
    key = EncryptedField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
