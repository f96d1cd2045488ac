"""Signed checkpoints: where every chain stood at a moment, so that a tail cut off later shows.

Each head remembers where it stood (`checked_seq`, `checked_hash`); the signature covers all of
those. Whoever cuts the last events and rewinds the head cannot make the signature fit. To
notice that the newest checkpoint itself was removed, keep its line elsewhere (it is logged).
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from django.core.signing import BadSignature

from leitstelle.kernel import secrets
from leitstelle.kernel.db import update_rows
from leitstelle.kernel.events import chain
from leitstelle.kernel.events.models import Checkpoint, EventHead
from leitstelle.kernel.events.units import unit

logger = logging.getLogger("leitstelle.events")

PURPOSE = "journal checkpoint"


def take(now: datetime) -> Checkpoint:
    """Sign where all heads stand; reads them without a lock, then marks those that moved."""
    digest, moved, count, total = hashlib.sha256(), [], 0, 0
    for kind in subject_kinds():
        heads = EventHead.objects.filter(subject_kind=kind, seq__gt=0).order_by("subject_id")
        columns = ("id", "subject_id", "seq", "hash", "checked_seq")
        for pk, subject_id, seq, head_hash, checked_seq in heads.values_list(*columns).iterator(2000):
            digest.update(_line(kind, subject_id, seq, head_hash))
            count, total = count + 1, total + seq
            if seq != checked_seq:
                moved.append((seq, head_hash, pk))
    with unit():
        previous = Checkpoint.objects.order_by("-id").first()
        checkpoint = Checkpoint(
            at=now,
            heads=count,
            events=total,
            digest=digest.hexdigest(),
            previous=previous.digest if previous else "",
        )
        checkpoint.signature = secrets.sign(_statement(checkpoint), PURPOSE)
        for start in range(0, len(moved), 5000):
            update_rows(EventHead, ("checked_seq", "checked_hash"), moved[start : start + 5000])
        checkpoint.save(force_insert=True)
    logger.info("journal checkpoint %s", _statement(checkpoint))
    return checkpoint


def subject_kinds() -> list[str]:
    """Return the kinds of subjects with a head, in the order every database agrees on."""
    return sorted(EventHead.objects.values_list("subject_kind", flat=True).distinct())


def problems() -> Iterator[str]:
    """Yield what is wrong with the checkpoints: signatures, their order, the marks of the newest."""
    previous = ""
    newest = None
    for newest in Checkpoint.objects.order_by("id").iterator(500):
        try:
            signed = secrets.unsign(newest.signature, PURPOSE)
        except BadSignature:
            signed = ""
        if signed != _statement(newest) or newest.previous != previous:
            yield f"checkpoint {newest.pk} of {newest.at:%Y-%m-%d %H:%M} UTC was changed or one before it removed"
        previous = newest.digest
    if newest is not None and _marks_digest() != newest.digest:
        yield f"chains are shorter or other than at checkpoint {newest.pk} of {newest.at:%Y-%m-%d %H:%M} UTC"


def _marks_digest() -> str:
    digest = hashlib.sha256()
    for kind in subject_kinds():
        heads = EventHead.objects.filter(subject_kind=kind, checked_seq__gt=0).order_by("subject_id")
        columns = ("subject_id", "checked_seq", "checked_hash")
        for subject_id, seq, head_hash in heads.values_list(*columns).iterator(2000):
            digest.update(_line(kind, subject_id, seq, head_hash))
    return digest.hexdigest()


def _line(kind: str, subject_id: int, seq: int, head_hash: str) -> bytes:
    return chain.canonical([kind, subject_id, seq, head_hash]) + b"\n"


def _statement(checkpoint: Checkpoint) -> str:
    moment = checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{moment} {checkpoint.heads} {checkpoint.events} {checkpoint.digest} {checkpoint.previous}"


def latest() -> Checkpoint | None:
    """Return the newest checkpoint."""
    return Checkpoint.objects.order_by("-id").first()


def count() -> int:
    """Return how many checkpoints there are."""
    return Checkpoint.objects.count()
