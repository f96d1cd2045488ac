"""File names from outside: safe to show, to store beside a file and to offer for download."""

import re
import unicodedata
from urllib.parse import quote

MAX_NAME = 180
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def clean_filename(name: str, *, fallback: str = "file") -> str:
    """Return `name` without path, control, direction-changing and other invisible characters.

    Direction overrides make "gpj.exe" read as "exe.jpg" (U+202E); Windows refuses some characters and names. The
    ending survives shortening. The original name is kept by whoever stores the file.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = "".join(
        char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    cleaned = _FORBIDDEN.sub("_", " ".join(unicodedata.normalize("NFC", visible).split())).strip(" .")
    if not cleaned:
        return fallback
    if _RESERVED.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    return _shortened(cleaned)


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"


def content_disposition(disposition: str, filename: str) -> str:
    """Return the header of RFC 6266: an ASCII name for old clients and the real one in the form of RFC 8187."""
    cleaned = clean_filename(filename)
    decomposed = unicodedata.normalize("NFKD", cleaned)
    simple = "".join(
        char if char.isascii() else "_" for char in decomposed if not unicodedata.combining(char)
    )
    escaped = simple.replace("\\", "_").replace('"', "_")
    return f"{disposition}; filename=\"{escaped}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
