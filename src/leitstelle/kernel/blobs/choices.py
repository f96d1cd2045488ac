"""Codes of stored files."""

from enum import StrEnum


class ScanState(StrEnum):
    """What the virus scanner says of a content. `skipped`: it could not look, as the content is too large for it."""

    CLEAN = "clean"
    INFECTED = "infected"
    SKIPPED = "skipped"


class PreviewState(StrEnum):
    """Whether a file has a small picture; empty: nobody looked yet, or it is no image."""

    MADE = "made"
    NONE = "none"
