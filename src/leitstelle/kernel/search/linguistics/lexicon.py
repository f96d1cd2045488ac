"""The word list: simplemma's German and English dictionaries, folded, as one sorted read-only file.

simplemma keeps 1.3 million words as Python objects (110 MB in every process). The file is mapped into memory
instead, shared by all processes and found by binary search; it is made once, in a process of its own, and kept in
the data directory under a name that carries what it was made from.

A line is `word TAB lemmas, separated by commas TAB n where the word is a noun`.
"""

import mmap
import os
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

# Raised when the form or the choice of words changes: old files are then no longer used.
LEXICON_VERSION = 1
_BUILDER = "leitstelle.kernel.search.linguistics.lexicon_building"


class Entry(NamedTuple):
    """What is known of a folded word."""

    lemmas: tuple[str, ...]
    is_noun: bool


def path() -> Path:
    """Where the file is kept."""
    folder: Path = getattr(settings, "LEXICON_DIR", None) or settings.DATA / "cache"
    return folder / f"lexicon-{LEXICON_VERSION}-{version('simplemma')}.txt"


def make() -> Path:
    """Make the file unless it is there (some seconds), and return its path.

    Processes that write call this when they start: made at the first word, the list would be made inside a
    transaction, and on SQLite nobody could write meanwhile.
    """
    file = path()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # A process of its own: the memory that the dictionaries take is given back when it ends.
        subprocess.run(
            [sys.executable, "-m", _BUILDER, str(file)],
            check=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
    return file


@lru_cache(maxsize=1)
def _words() -> mmap.mmap:
    with make().open("rb") as handle:
        return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)


@lru_cache(maxsize=32_768)
def look_up(word: str) -> Entry | None:
    """Return what is known of a folded word, `None` for an unknown one."""
    words = _words()
    wanted = word.encode() + b"\t"
    low, high = 0, len(words)
    while low < high:
        middle = words.rfind(b"\n", low, (low + high) // 2)
        start = low if middle < 0 else middle + 1
        end = words.find(b"\n", start)
        line = words[start:end]
        if line.startswith(wanted):
            _, lemmas, noun = line.decode().split("\t")
            return Entry(tuple(lemmas.split(",")), noun == "n")
        if line < wanted:
            low = end + 1
        else:
            high = start
    return None
