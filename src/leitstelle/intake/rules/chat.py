"""What may be said in a chat, who may show it, and who is next; on plain values."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

MAX_LINE = 4000
# Control characters that nobody types; line breaks and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")


def clean_line(text: str) -> str:
    """Return what was typed with one kind of line break, without control characters and space around it."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def read_origins(text: str) -> tuple[str, ...]:
    """Return the sites named in a text, one a line, as browsers write them: lower case, without path.

    Raises `ValueError` with the line that is none.
    """
    return tuple(dict.fromkeys(_origin(line.strip()) for line in text.splitlines() if line.strip()))


def _origin(line: str) -> str:
    try:
        parts = urlsplit(line)
        port = parts.port
    except ValueError:
        raise ValueError(line) from None
    host = parts.netloc.rpartition("@")[2].lower()
    name = host if port is None else host.removesuffix(f":{port}")
    beside = parts.username or parts.query or parts.fragment or parts.path not in ("", "/")
    if parts.scheme not in ("http", "https") or beside or host.endswith(":") or not _HOST.fullmatch(name):
        raise ValueError(line)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" if port in (None, usual) else f"{parts.scheme}://{name}:{port}"


def frame_ancestors(origins: Iterable[str]) -> str:
    """Return the part of the content security policy that says which sites may show the chat."""
    return " ".join(("frame-ancestors", "'self'", *origins))
