"""The row of a stored file."""

from django.db import models


class Blob(models.Model):
    """One content, stored once however often it arrives; `content_type` is what the bytes say, not the sender."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # When somebody last stored this content; the clean-up waits from then on.
    stored_at = models.DateTimeField()
    # What the virus scanner says (`ScanState`); empty: not scanned yet, or no scanner is configured.
    scan_state = models.CharField(max_length=8, blank=True, default="")
    scan_detail = models.CharField(max_length=200, blank=True, default="")
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=("-id",), name="blob_not_scanned", condition=models.Q(scan_state=""))]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.content_type} {self.size}"
