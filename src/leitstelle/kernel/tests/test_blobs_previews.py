"""Small pictures of images: drawn apart, never of what a scanner has not cleared, and nothing of hostile files."""

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from leitstelle.kernel.blobs import Blob, preview_response, read_blob, response, store
from leitstelle.kernel.blobs.choices import PreviewState, ScanState
from leitstelle.kernel.blobs.cleaning import clean
from leitstelle.kernel.blobs.previews import draw_waiting, drawn
from leitstelle.kernel.blobs.serving import InfectedFile
from leitstelle.kernel.mail.models import OutboxMail

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def image(kind: str, size: tuple[int, int] = (900, 300), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    colours: dict[str, Any] = {
        "RGB": "teal",
        "RGBA": (0, 128, 128, 90),
        "P": 3,
        "CMYK": (9, 9, 9, 9),
        "L": 90,
    }
    Image.new(mode, size, colours[mode]).save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["WEBP"])


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB")],
)
def test_images_of_all_kinds_get_a_small_picture(kind: str, mode: str) -> None:
    picture = drawn(store(image(kind, mode=mode)))
    assert picture
    assert opened(picture).size == (480, 160)


def test_it_stands_upright_and_says_nothing_about_the_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Geheimkamera"
    picture = drawn(store(image("JPEG", exif=exif, comment=b"Geheimkamera")))
    assert picture
    small = opened(picture)
    assert small.size == (107, 320)
    assert not small.getexif()
    assert b"Geheimkamera" not in picture


def test_the_worker_draws_what_came_in_once() -> None:
    photo, text = store(image("JPEG")), store(b"no image")
    assert draw_waiting(NOW) == 1
    photo.refresh_from_db()
    text.refresh_from_db()
    assert photo.preview is not None
    assert (photo.has_preview, photo.preview_state) == (True, PreviewState.MADE)
    assert (photo.preview.content_type, photo.preview.preview_state) == ("image/webp", PreviewState.NONE)
    assert (text.has_preview, text.preview_state) == (False, "")
    assert draw_waiting(NOW) == 0
    answer, whole = preview_response(photo, "Foto.jpg"), response(photo, "Foto.jpg", inline_image=True)
    assert answer["Content-Disposition"].startswith('inline; filename="Foto.webp"')
    assert b"".join(answer.streaming_content) == read_blob(photo.preview)  # type: ignore[arg-type]
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        assert answer[name] == whole[name]


def test_what_the_scanner_has_not_cleared_has_no_picture(settings: Any) -> None:
    settings.CLAMD = "127.0.0.1:9"
    photo = store(image("PNG"))
    assert draw_waiting(NOW) == 0
    Blob.objects.update(scan_state=ScanState.SKIPPED)
    assert draw_waiting(NOW) == 0
    Blob.objects.update(scan_state=ScanState.CLEAN)
    assert draw_waiting(NOW) == 1
    photo.refresh_from_db()
    assert photo.has_preview
    for state in (ScanState.INFECTED, ScanState.SKIPPED, ""):
        photo.scan_state = state
        assert not photo.has_preview
    photo.scan_state = ScanState.INFECTED
    with pytest.raises(InfectedFile):
        preview_response(photo, "x.png")
    with pytest.raises(FileNotFoundError):
        preview_response(store(image("PNG", (5, 5))), "x.png")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        png(60_000, 60_000, zlib.compress(b"\0" * 1000)),
        png(30_000, 30_000, zlib.compress(b"\0" * 4_000_000)),
        png(100, 100, b"\0broken"),
        png(0, 0, b""),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff" + b"\0" * 500,
        b"GIF89a" + b"\xff" * 300,
        b"RIFF\x10\0\0\0WEBPVP8X" + b"\xff" * 40,
        # What begins as a PNG is read as nothing else, whatever it goes on with.
        b"\x89PNG\r\n\x1a\n%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_a_hostile_image_has_no_picture(content: bytes) -> None:
    blob = store(content)
    assert blob.content_type.startswith("image/")
    assert draw_waiting(NOW) == 1
    blob.refresh_from_db()
    assert (blob.preview_state, blob.has_preview) == (PreviewState.NONE, False)


def test_the_clean_up_keeps_what_others_point_at() -> None:
    photo, mail, old = store(image("JPEG")), store(b"raw mail"), store(b"nobody")
    draw_waiting(NOW)
    photo.refresh_from_db()
    OutboxMail.objects.create(message_id="k", sender="a@b.example", raw=mail, created_at=NOW, queued_at=NOW)
    later = datetime.now(UTC) + timedelta(days=30)
    Blob.objects.filter(pk=photo.pk).update(stored_at=later)
    clean(later)
    assert set(Blob.objects.all()) == {photo, photo.preview, mail}
    assert not Blob.objects.filter(pk=old.pk).exists()
