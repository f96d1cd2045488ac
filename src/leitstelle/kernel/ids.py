"""Public identifiers: time-ordered UUIDs (RFC 9562, version 7) and the field that stores them.

Inside the database rows are found by bigint keys; addresses and the API show these instead.
"""

import os
import time
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import models

_lock = Lock()
_last_tick = 0

# RFC 9562 §6.2, method 3: the 12 bits after the milliseconds hold its fraction, 1/4096 ms each.
_TICKS_PER_MS = 4096
_NS_PER_MS = 1_000_000


def uuid7() -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7), strictly increasing within this process."""
    global _last_tick
    milliseconds, nanoseconds = divmod(time.time_ns(), _NS_PER_MS)
    tick = milliseconds * _TICKS_PER_MS + nanoseconds * _TICKS_PER_MS // _NS_PER_MS
    with _lock:
        # A clock set back, or two calls within a tick, must not break the order.
        _last_tick = tick = max(tick, _last_tick + 1)
    milliseconds, fraction = divmod(tick, _TICKS_PER_MS)
    random_tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | fraction << 64 | 0b10 << 62 | random_tail
    return UUID(int=value)


class PublicIdField(models.UUIDField[UUID, UUID]):
    """The identifier of a row in addresses and in the API; never a right by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", uuid7)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
