"""Answers kept for idempotency keys."""

from django.db import models


class IdempotencyKey(models.Model):
    """One POST of one actor under a key: the row is there before the work begins, the answer once it is done."""

    id = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    claim = models.CharField(max_length=32, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="api_idempotency_key")]
        indexes = [models.Index(fields=["created_at"], name="api_idempotency_age")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
