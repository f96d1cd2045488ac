"""Counters of rate limits, one row per bucket, key and window."""

from django.db import models


class Counter(models.Model):
    """How often a key was hit in one window. The key is stored as a keyed digest only."""

    id = models.BigAutoField(primary_key=True)
    bucket = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["bucket", "key", "window_start"], name="limit_counter_window"),
        )

    def __str__(self) -> str:
        return f"{self.bucket}: {self.count}"
