"""What a file is, judged by its first bytes alone: what the sender says is never trusted for serving."""

from typing import NamedTuple

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"

# Shown in the page: raster images that cannot carry script.
INLINE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class _Magic(NamedTuple):
    offset: int
    signature: bytes
    content_type: str


_TABLE = (
    _Magic(0, b"\x89PNG\r\n\x1a\n", "image/png"),
    _Magic(0, b"\xff\xd8\xff", "image/jpeg"),
    _Magic(0, b"GIF87a", "image/gif"),
    _Magic(0, b"GIF89a", "image/gif"),
    _Magic(0, b"BM", "image/bmp"),
    _Magic(0, b"II*\x00", "image/tiff"),
    _Magic(0, b"MM\x00*", "image/tiff"),
    _Magic(4, b"ftypavif", "image/avif"),
    _Magic(4, b"ftypheic", "image/heic"),
    _Magic(4, b"ftypqt", "video/quicktime"),
    _Magic(4, b"ftyp", "video/mp4"),
    _Magic(0, b"%PDF-", "application/pdf"),
    _Magic(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    _Magic(0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    _Magic(0, b"Rar!\x1a\x07", "application/vnd.rar"),
    _Magic(0, b"\x1f\x8b", "application/gzip"),
    _Magic(0, b"BZh", "application/x-bzip2"),
    _Magic(0, b"\xfd7zXZ\x00", "application/x-xz"),
    _Magic(0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    _Magic(0, b"MZ", "application/vnd.microsoft.portable-executable"),
    _Magic(0, b"\x7fELF", "application/x-elf"),
    _Magic(0, b"{\\rtf", "application/rtf"),
    _Magic(0, b"ID3", "audio/mpeg"),
    _Magic(0, b"OggS", "audio/ogg"),
    _Magic(0, b"fLaC", "audio/flac"),
    _Magic(0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
)
_ZIP_KINDS = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_ODF_MARK = b"mimetypeapplication/vnd.oasis.opendocument."


def sniff(head: bytes) -> str:
    """Return the media type that the first bytes (up to `HEAD_BYTES`) tell; never one a browser would run."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head)
    for magic in _TABLE:
        if head.startswith(magic.signature, magic.offset):
            return magic.content_type
    return "text/plain" if _is_text(head) else UNKNOWN


def _zip_kind(head: bytes) -> str:
    if (at := head.find(_ODF_MARK)) >= 0:
        rest = head[at + len(_ODF_MARK) :][:40]
        for kind in ("text", "spreadsheet", "presentation", "graphics"):
            if rest.startswith(kind.encode()):
                return f"application/vnd.oasis.opendocument.{kind}"
    return next((name for mark, name in _ZIP_KINDS if mark in head), "application/zip")


def _is_text(head: bytes) -> bool:
    """Text in UTF-8 or a superset of ASCII; HTML, SVG and scripts count as text and are served as nothing else."""
    if not head or b"\x00" in head:
        return False
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return control == 0
