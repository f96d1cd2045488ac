"""Small pictures of images: made by the worker, stored as contents of their own, shown wherever the file is."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import models

from leitstelle.kernel.blobs.choices import PreviewState, ScanState
from leitstelle.kernel.blobs.errors import FileDamaged
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.sniffing import INLINE_IMAGES
from leitstelle.kernel.blobs.storing import read_blob, store

# Few at a time: whatever else the worker has to do waits no longer than these take.
BATCH = 5
LARGEST = 25 * 1024 * 1024
# Beyond the time that the drawing gives itself: a machine under load is no reason to give up on a photo.
SECONDS = 60
_DRAWING = Path(__file__).with_name("drawing.py")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH")


def draw_waiting(now: datetime) -> int:
    """Make the pictures that are missing, the newest first; returns how many files were looked at.

    Where a virus scanner is configured, a file has to be clean first. What cannot be drawn has no picture for good.
    """
    rows = list(_waiting().order_by("-pk")[:BATCH])
    for blob in rows:
        _note(blob, drawn(blob), now)
    return len(rows)


def drawn(blob: Blob) -> bytes | None:
    """The small picture of an image as WebP; None for what is too large, broken, gone or not what it seems."""
    if blob.size > LARGEST or blob.content_type not in INLINE_IMAGES:
        return None
    try:
        content = read_blob(blob)
        # On its own and without the environment, which holds the keys of the house.
        done = subprocess.run(
            [sys.executable, "-I", str(_DRAWING), blob.content_type.removeprefix("image/").upper()],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
    except (FileNotFoundError, FileDamaged, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def _waiting() -> models.QuerySet[Blob]:
    rows = Blob.objects.filter(preview_state="", content_type__in=sorted(INLINE_IMAGES))
    if settings.CLAMD:
        return rows.filter(scan_state=ScanState.CLEAN)
    return rows.exclude(scan_state=ScanState.INFECTED)


def _note(blob: Blob, picture: bytes | None, now: datetime) -> None:
    row = Blob.objects.filter(pk=blob.pk)
    if picture is None:
        row.update(preview_state=PreviewState.NONE)
        return
    small = store(picture)
    # A picture needs none of its own; and it is ours, so no scanner has to look at it.
    Blob.objects.filter(pk=small.pk, preview_state="").update(
        preview_state=PreviewState.NONE, scan_state=ScanState.CLEAN, scanned_at=now
    )
    row.update(preview=small, preview_state=PreviewState.MADE)
