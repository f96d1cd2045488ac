"""What runs by the clock for files."""

from datetime import datetime

from leitstelle.kernel.blobs.cleaning import clean
from leitstelle.kernel.work.schedules import schedule


@schedule("blobs.clean", daily_at="02:40")
def clean_daily(now: datetime) -> None:
    """Remove contents nobody refers to any more."""
    clean(now)
