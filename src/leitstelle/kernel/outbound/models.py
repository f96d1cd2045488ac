"""Where others are called, by which key, and how the last call went."""

from datetime import datetime

from django.db import models

from leitstelle.kernel.ids import PublicIdField
from leitstelle.kernel.secrets import EncryptedField


class Endpoint(models.Model):
    """An address of another system. `answer` is what became of the last call: "200", "timeout" …"""

    public_id = PublicIdField()
    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=500)
    key = EncryptedField(blank=True, default="")
    # The key before: calls are signed by both until then (aware), while the other side changes to the new one.
    former_key = EncryptedField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")

    def keys_at(self, now: datetime) -> tuple[str, ...]:
        """The keys that sign a call at a moment, the one that counts first."""
        former = (str(self.former_key),) if self.former_until and now < self.former_until else ()
        return (str(self.key), *former)

    def __str__(self) -> str:
        return self.name
