"""Codes of the sla domain; their translated names are in `labels`."""

from django.db.models import TextChoices


class Metric(TextChoices):
    RESPONSE = "response"
    RESOLUTION = "resolution"


class ClockState(TextChoices):
    """Where a clock stands; a breach is `breached_at`, not a state."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LEFT = "left"
