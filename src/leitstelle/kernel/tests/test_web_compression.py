"""What goes over the wire packed, and what must not."""

import gzip
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from leitstelle.kernel.web.middleware import Compression

TEXT = "Guten Tag, hier ist die Leitstelle. " * 40


def _answer(response: HttpResponseBase) -> HttpResponseBase:
    def view(_request: HttpRequest) -> HttpResponseBase:
        return response

    found = Compression(view)(RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip"))
    assert isinstance(found, HttpResponseBase)
    return found


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "application/problem+json"])
def test_pages_and_json_are_packed(kind: str) -> None:
    answer = _answer(HttpResponse(TEXT, content_type=kind))
    assert isinstance(answer, HttpResponse)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(TEXT) / 4
    assert gzip.decompress(answer.content).decode() == TEXT


def test_the_size_of_a_packed_page_varies() -> None:
    sizes = {int(_answer(HttpResponse(TEXT)).headers["Content-Length"]) for _ in range(40)}
    assert len(sizes) > 1


def test_files_and_streams_go_out_as_they_are() -> None:
    def pieces() -> Iterator[str]:
        yield f"data: {TEXT}\n\n"

    for response in (
        StreamingHttpResponse(pieces(), content_type="text/event-stream"),
        HttpResponse(TEXT.encode(), content_type="image/png"),
        HttpResponse(TEXT.encode(), content_type="application/octet-stream"),
    ):
        assert "Content-Encoding" not in _answer(response).headers
