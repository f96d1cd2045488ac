"""Fixed windows counted in the database, so that the limit holds over all processes.

A window begins at a multiple of its length since 1970: at its edge up to twice the limit can
pass in quick succession. Call outside of the action's unit, or a refusal is rolled back with it.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.utils.crypto import salted_hmac

from leitstelle.kernel.db import insert_ignore, retry_transient
from leitstelle.kernel.limits.errors import TooMany
from leitstelle.kernel.limits.models import Counter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@retry_transient
def hit(bucket: str, key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one use; returns whether it is within `limit` uses `per` window."""
    if limit <= 0:
        return False
    start = _EPOCH + (now - _EPOCH) // per * per
    # Addresses and numbers are personal data: a keyed digest finds them again without keeping them.
    digest = salted_hmac("leitstelle.limits", key, algorithm="sha256").hexdigest()
    row = {"bucket": bucket, "key": digest, "window_start": start}
    below = Counter.objects.filter(**row, count__lt=limit)
    if below.update(count=F("count") + 1):
        return True
    if insert_ignore(Counter, {**row, "window_end": start + per, "count": 1}):
        return True
    # Full, or somebody else made the row between the two statements.
    return below.update(count=F("count") + 1) == 1


def check(bucket: str, key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one use; raises `TooMany` beyond the limit."""
    if not hit(bucket, key, limit=limit, per=per, now=now):
        raise TooMany(retry_after=seconds_left(per, now))


def seconds_left(per: timedelta, now: datetime) -> int:
    """Return the seconds until the window of `now` ends, for `Retry-After`; at least 1."""
    left = per - (now - _EPOCH) % per
    return max(1, -int(-left.total_seconds() // 1))


def prune(now: datetime) -> int:
    """Delete counters of past windows; returns how many."""
    return Counter.objects.filter(window_end__lt=now).delete()[0]
