"""What runs by the clock for files."""

from datetime import datetime, timedelta

from leitstelle.kernel.blobs.cleaning import clean
from leitstelle.kernel.blobs.landing import forward_waiting, release_forwarded
from leitstelle.kernel.blobs.previews import draw_waiting
from leitstelle.kernel.blobs.scanning import scan_waiting
from leitstelle.kernel.work.schedules import schedule


@schedule("blobs.clean", daily_at="02:40")
def clean_daily(now: datetime) -> None:
    """Remove contents nobody refers to any more."""
    clean(now)
    release_forwarded()


@schedule("blobs.forward", every=timedelta(seconds=20))
def forward_stranded(now: datetime) -> None:
    """Take to the bucket what could not be taken there at once, where one is configured."""
    forward_waiting()


@schedule("blobs.scan", every=timedelta(seconds=15))
def scan_new(now: datetime) -> None:
    """Let the virus scanner look at what it has not seen, where one is configured."""
    scan_waiting(now)


@schedule("blobs.draw", every=timedelta(seconds=10))
def draw_new(now: datetime) -> None:
    """Make the small pictures of images that came in."""
    draw_waiting(now)
