"""A database that asks for another try: pages come after all, forms come back with their words."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from leitstelle.kernel.web import busy, matching

asked: list[str] = []


def once_busy(request: HttpRequest) -> HttpResponse:
    asked.append("once")
    if len(asked) == 1:
        raise OperationalError("database is locked")
    return HttpResponse("here after all")


def always_busy(request: HttpRequest) -> HttpResponse:
    asked.append("always")
    raise OperationalError("database is locked")


def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such column: x")


urlpatterns = [
    path("once/", once_busy),
    path("always/", always_busy),
    path("broken/", broken),
    path("", include("leitstelle.kernel.web.urls")),
]
handler500 = "leitstelle.kernel.web.answers.server_error"


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    asked.clear()
    monkeypatch.setattr(busy, "PAUSE_SECONDS", 0)
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_page_is_tried_once_more_and_a_form_never() -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/once/").content == b"here after all"
    asked.clear()
    refused = client.get("/always/")
    assert (refused.status_code, refused["Retry-After"], len(asked)) == (503, "2", 2)
    asked.clear()
    assert client.post("/always/", {"body": "x"}).status_code == 503
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_typed_words_come_back_to_be_sent_again_but_no_secrets() -> None:
    client = Client(raise_request_exception=False)
    words = "Guten Tag,\n<b>bitte</b> prüfen Sie den Anschluss."
    page = client.post("/always/?x=1", {"body": words, "mode": "reply"}).text
    assert "&lt;b&gt;bitte&lt;/b&gt;" in page
    assert 'action="/always/?x=1"' in page
    assert 'name="mode" value="reply"' in page
    secret = client.post("/always/", {"login": "a@b.example", "password": "Kaffee-17"}).text
    assert "Kaffee-17" not in secret
    assert "<form" not in secret


@pytest.mark.django_db(transaction=True)
def test_fragments_get_a_notice_scripts_json_and_real_errors_stay_errors() -> None:
    client = Client(raise_request_exception=False)
    piece = client.post("/always/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Retarget"]) == (503, "#toasts")
    assert client.get("/always/", headers={"Accept": "application/json"}).json()["title"]
    assert client.get("/broken/").status_code == 500


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("aender", "Ändern"),
        ("ander", "Ändern"),
        ("strasse", "Straße"),
        ("wgb", "Weitergeben"),
        ("prio matr", "Matrix der Prioritäten"),
    ],
)
def test_the_palette_fits_umlauts_however_written_and_letters_in_order(typed: str, label: str) -> None:
    assert matching.score(typed, label)


def test_the_palette_ranks_beginnings_before_parts_and_leaves_out_the_rest() -> None:
    labels = ["Unterlagen", "Lagebild", "Neue Lage", "Postausgang"]
    found = matching.ranked("lage", labels, lambda label: (label, ""))
    assert found == ["Lagebild", "Neue Lage", "Unterlagen"]
