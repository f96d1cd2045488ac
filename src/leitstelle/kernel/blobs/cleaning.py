"""Finding what does not fit together: contents nobody refers to, rows whose bytes are missing or damaged."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models

from leitstelle.kernel.blobs.errors import FileDamaged
from leitstelle.kernel.blobs.holding import free_to_clean
from leitstelle.kernel.blobs.landing import storage
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.storing import open_blob

logger = logging.getLogger("leitstelle.blobs")

# Longer than any transaction, restore or paused migration that may still refer to what looks abandoned.
GRACE = timedelta(days=7)


@dataclass
class Findings:
    """What a check or a clean-up saw."""

    rows: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def unreferenced(now: datetime, grace: timedelta = GRACE) -> models.QuerySet[Blob]:
    """Rows that no other row points at and that nobody stored again within `grace`."""
    found = Blob.objects.filter(stored_at__lt=now - grace)
    # The hidden ones as well: most domains that point here want no way back.
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            referring = relation.related_model._base_manager.filter(
                **{relation.field.name: models.OuterRef("pk")}
            )
            found = found.exclude(models.Exists(referring))
    return found


def clean(now: datetime, grace: timedelta = GRACE) -> Findings:
    """Remove contents nobody refers to, then files without a row and unfinished ones; nothing during a backup."""
    with free_to_clean() as free:
        if free:
            return _clean(now, grace)
    logger.info("a backup is being made: files are cleaned up next time")
    return Findings()


def _clean(now: datetime, grace: timedelta) -> Findings:
    findings, place = Findings(), storage()
    before = (now - grace).timestamp()
    for pk in list(unreferenced(now, grace).values_list("pk", flat=True)):
        # Asked again in the same statement: somebody may refer to it by now.
        findings.rows += unreferenced(now, grace).filter(pk=pk).delete()[0]
    for key, written in place.contents():
        if written < before and not Blob.objects.filter(key=key).exists():
            findings.files += place.discard(key, before)
    for path, written in place.abandoned():
        if written < before:
            path.unlink(missing_ok=True)
    return findings


def check(*, read: bool = False) -> Findings:
    """Look for rows whose bytes are missing; with `read` also compares every content with its digest."""
    findings = Findings()
    there = storage().known()
    for blob in Blob.objects.order_by("pk").iterator():
        findings.rows += 1
        if not there(blob.key):
            findings.missing.append(blob.digest)
        elif read and not _whole(blob):
            findings.damaged.append(blob.digest)
    return findings


def _whole(blob: Blob) -> bool:
    digest = hashlib.sha256()
    try:
        for chunk in _content(blob):
            digest.update(chunk)
    except FileDamaged:
        return False
    return digest.hexdigest() == blob.digest


def _content(blob: Blob) -> Iterator[bytes]:
    with open_blob(blob) as file:
        while chunk := file.read(1024 * 1024):
            yield chunk
