"""Letting the virus scanner look at stored contents, and noting what it says."""

import logging
from datetime import datetime

from django.conf import settings

from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.errors import FileDamaged
from leitstelle.kernel.blobs.events import FileInfected
from leitstelle.kernel.blobs.gateways.clamd import ScannerDown, Verdict, scan
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.storing import open_blob
from leitstelle.kernel.events import Actor, Subject, record, unit

logger = logging.getLogger("leitstelle.blobs")

ACTOR = Actor.system("scanner")
BATCH = 200


def scan_waiting(now: datetime) -> int:
    """Scan what was not scanned yet, the newest first; returns how many. Stops where the scanner cannot be reached."""
    if not settings.CLAMD:
        return 0
    count = 0
    for blob in list(Blob.objects.filter(scan_state="").order_by("-pk")[:BATCH]):
        try:
            with open_blob(blob) as content:
                verdict = scan(settings.CLAMD, content)
        except (FileNotFoundError, FileDamaged):
            continue
        except ScannerDown as error:
            logger.warning("virus scanner: %s; %s files wait", error, "further" if count else "all")
            break
        note_verdict(blob, verdict, now)
        count += 1
    return count


@unit
def note_verdict(blob: Blob, verdict: Verdict, now: datetime) -> None:
    """Keep what the scanner said. Records `FileInfected` where it found something."""
    changed = Blob.objects.filter(pk=blob.pk).exclude(scan_state=ScanState.INFECTED)
    if not changed.update(scan_state=verdict.state, scan_detail=verdict.detail, scanned_at=now):
        return
    if verdict.state is ScanState.INFECTED:
        data = FileInfected(signature=verdict.detail)
        record(data, subject=Subject("blob", blob.pk), actor=ACTOR, at=now)


def shown_scan(blob: Blob) -> str:
    """What pages say about a file: a state, `waiting` where a scanner is configured; empty: nothing to say."""
    if blob.scan_state:
        return blob.scan_state
    return "waiting" if settings.CLAMD else ""
