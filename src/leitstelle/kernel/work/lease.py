"""The clock's lease: of many clock processes one acts, and a fencing token stops a late one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from leitstelle.kernel.db import insert_ignore, retry_transient
from leitstelle.kernel.work.models import ClockLease

NAME = "clock"
LASTS = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Lease:
    """A lease held: `token` grows with every change of holder."""

    holder: str
    token: int
    expires: datetime


@retry_transient
def acquire(holder: str, now: datetime) -> Lease | None:
    """Take the lease if it is free or has run out; `None` while somebody else holds it."""
    insert_ignore(ClockLease, {"name": NAME, "expires": _NEVER})
    row = ClockLease.objects.get(name=NAME)
    if row.expires > now and row.holder != "":
        return None
    token, expires = row.token + 1, now + LASTS
    taken = ClockLease.objects.filter(name=NAME, token=row.token, expires=row.expires).update(
        holder=holder, token=token, expires=expires
    )
    return Lease(holder, token, expires) if taken else None


@retry_transient
def renew(lease: Lease, now: datetime) -> Lease | None:
    """Prolong a lease; `None` when it has run out or was taken over: then stop acting at once."""
    held = ClockLease.objects.filter(name=NAME, holder=lease.holder, token=lease.token, expires__gt=now)
    return Lease(lease.holder, lease.token, now + LASTS) if held.update(expires=now + LASTS) else None


def release(lease: Lease) -> None:
    """Give the lease back at a clean stop, so that the next clock need not wait."""
    ClockLease.objects.filter(name=NAME, holder=lease.holder, token=lease.token).update(
        holder="", expires=_NEVER
    )
