"""What a subscriber raises to steer its delivery."""

from datetime import timedelta


class RetryLater(Exception):
    """Try again after a pause; does not count as a failed attempt."""

    def __init__(self, seconds: float | timedelta, reason: str = "") -> None:
        self.pause = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        super().__init__(reason or f"again in {self.pause}")


class GiveUp(Exception):
    """No further try makes sense; the delivery stays as failed, visible and replayable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class LostClaim(Exception):
    """Another worker took the row over meanwhile; whatever was done here is rolled back."""
