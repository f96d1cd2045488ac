"""The arithmetic of the chain: pure functions from plain values to digests.

`hash` = SHA-256 over the previous hash and the canonical form of all fixed fields; the payload
enters only as a salted digest, so that erasing it leaves every hash as it was.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = ""

# The columns under the hash. Left out: `id` and `txid` (belong to the machine, change with a
# restore), `data`, `salt` and `erased_at` (bound by `payload_digest` and by `PayloadErased`).
FIXED_FIELDS = (
    "subject_kind",
    "subject_id",
    "seq",
    "code",
    "version",
    "state",
    "actor_kind",
    "actor_id",
    "at",
    "recorded_at",
    "context_ticket",
    "restricted",
    "cause_id",
    "depth",
    "payload_digest",
)


def canonical(value: Any) -> bytes:
    """Return one byte form per JSON value (sorted keys, no blanks, ASCII)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_moment).encode()


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no canonical form")


def payload_digest(salt: str, data: Mapping[str, Any]) -> str:
    """Return the salted digest of a payload; useless for guessing once the salt is erased."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(data)).hexdigest()


def event_hash(prev_hash: str, fixed: Mapping[str, Any]) -> str:
    """Return the hash of an event from its predecessor's and its own `FIXED_FIELDS`."""
    return hashlib.sha256(prev_hash.encode() + b"\n" + canonical(fixed)).hexdigest()
