"""The row of a stored file."""

from django.conf import settings
from django.db import models

from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.sniffing import INLINE_IMAGES


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

    # The small picture of an image, a content of its own; whether there is one says `PreviewState`.
    preview = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    preview_state = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=("-id",), name="blob_not_scanned", condition=models.Q(scan_state="")),
            models.Index(
                fields=("-id",),
                name="blob_not_drawn",
                condition=models.Q(preview_state="", content_type__in=sorted(INLINE_IMAGES)),
            ),
        ]

    @property
    def has_preview(self) -> bool:
        """Whether its small picture may be shown: not while a configured scanner calls the file anything but clean."""
        if self.preview_id is None or self.scan_state == ScanState.INFECTED:
            return False
        return self.scan_state == ScanState.CLEAN or not settings.CLAMD

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.content_type} {self.size}"
