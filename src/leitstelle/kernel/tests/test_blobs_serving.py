"""File names and the download answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.kernel.blobs import clean_filename, response, store
from leitstelle.kernel.blobs.names import MAX_NAME, content_disposition

PNG = b"\x89PNG\r\n\x1a\n...."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Rechnung März.pdf", "Rechnung März.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ("\x00", "file"),
        ("...", "file"),
        ("con.txt", "_con.txt"),
        ("x" * 400 + ".docx", "x" * (MAX_NAME - 5) + ".docx"),
        ("😀.png", "😀.png"),
    ],
)
def test_clean_filename(name: str, expected: str) -> None:
    assert clean_filename(name) == expected


@given(st.text())
def test_no_name_breaks_the_header(name: str) -> None:
    header = content_disposition("attachment", name)
    assert "\r" not in header
    assert "\n" not in header
    assert header.isascii()
    assert header.count('"') == 2
    assert len(clean_filename(name)) <= MAX_NAME


def test_both_forms_of_the_name() -> None:
    header = content_disposition("attachment", 'Größe "A".pdf')
    assert header == "attachment; filename=\"Gro_e _A_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20_A_.pdf"


@pytest.mark.django_db
def test_everything_is_an_attachment_unless_a_raster_image_is_asked_for() -> None:
    image, page = store(PNG), store(b"<svg onload=alert(1)>", declared_type="image/svg+xml")
    for blob, inline, disposition, served in (
        (image, False, "attachment", "image/png"),
        (image, True, "inline", "image/png"),
        (page, True, "attachment", "application/octet-stream"),
    ):
        answer = response(blob, "x.png", inline_image=inline)
        assert answer["Content-Disposition"].startswith(disposition)
        assert answer["Content-Type"] == served
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in answer["Cache-Control"]
        assert answer["Content-Length"] == str(blob.size)
        answer.close()
