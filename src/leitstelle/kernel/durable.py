"""What survives a power cut: names of files, which the file system keeps apart from their contents."""

import os
from pathlib import Path


def flush_directory(folder: Path) -> None:
    """Make a new or changed name in this folder durable; without this a power cut may forget the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
